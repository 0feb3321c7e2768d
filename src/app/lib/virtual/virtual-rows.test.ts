import { expect, test } from 'vitest'
import {
  anchoredOffset,
  createRecycledKeys,
  offsetShowing,
  type RowsLayout,
  rearrangedOffset,
  rowsWith,
  visibleRows,
} from './virtual-rows.ts'

const shape = { scrollTop: 0, viewport: 100, rowHeight: 10, count: 1000, overscan: 2, block: 1 }

test('The rows in sight are drawn, and a few beyond each edge', () => {
  expect(visibleRows(shape)).toEqual({ first: 0, last: 12 })
  expect(visibleRows({ ...shape, scrollTop: 505 })).toEqual({ first: 48, last: 62 })
})

test('Rows come and go in blocks, so that most scrolling changes nothing', () => {
  const inBlocks = { ...shape, block: 8 }
  expect(visibleRows(inBlocks)).toEqual({ first: 0, last: 15 })
  expect(visibleRows({ ...inBlocks, scrollTop: 30 })).toEqual({ first: 0, last: 15 })
  expect(visibleRows({ ...inBlocks, scrollTop: 505 })).toEqual({ first: 48, last: 63 })
})

test('The ends of the list are kept', () => {
  expect(visibleRows({ ...shape, scrollTop: 9900 }).last).toBe(999)
  expect(visibleRows({ ...shape, scrollTop: -30 }).first).toBe(0)
  expect(rowsWith(visibleRows({ ...shape, count: 0 }), -1)).toEqual([])
})

test('A list that got shorter than where it is scrolled to shows its end', () => {
  expect(rowsWith(visibleRows({ ...shape, scrollTop: 9000, count: 3 }), -1)).toEqual([2])
})

test('The row that has the focus stays, before or after the others', () => {
  const range = { first: 10, last: 12 }
  expect(rowsWith(range, 11)).toEqual([10, 11, 12])
  expect(rowsWith(range, 3)).toEqual([3, 10, 11, 12])
  expect(rowsWith(range, 50)).toEqual([10, 11, 12, 50])
})

test('A row is shown by scrolling as little as needed, or not at all', () => {
  expect(offsetShowing(5, shape)).toBe(0)
  expect(offsetShowing(10, shape)).toBe(10)
  expect(offsetShowing(3, { ...shape, scrollTop: 200 })).toBe(30)
})

test('What stays keeps its key, what comes takes the key of what went', () => {
  const keysOf = createRecycledKeys()
  expect(keysOf(['a', 'b', 'c'])).toEqual([0, 1, 2])
  expect(keysOf(['b', 'c', 'd'])).toEqual([1, 2, 0])
  expect(keysOf(['kept', 'c', 'd', 'e'])).toEqual([1, 2, 0, 3])
})

test('Asking again for the same changes nothing, and no key is given twice', () => {
  const keysOf = createRecycledKeys()
  const first = keysOf(['a', 'b', 'c'])
  expect(keysOf(['a', 'b', 'c'])).toEqual(first)
  const moved = keysOf(['x', 'c', 'y', 'a', 'z'])
  expect(new Set(moved).size).toBe(5)
  expect(moved[1]).toBe(first[2])
  expect(moved[3]).toBe(first[0])
})

function layoutOf(keys: readonly string[], rowHeight = 10): RowsLayout {
  return {
    count: keys.length,
    rowHeight,
    keyAt: (row) => keys[row],
    rowOf: (key) => keys.indexOf(key),
  }
}

const names = Array.from({ length: 100 }, (_, index) => `row ${index}`)
const nobody = { pointerRow: -1, focusRow: -1 }

function change(after: readonly string[], { scrollTop = 505, rowHeight = 10 } = {}) {
  const layouts = { before: layoutOf(names), after: layoutOf(after, rowHeight) }
  return { ...layouts, scrollTop, viewport: 100 }
}

test('Rows that come above leave the first whole row in sight where it is', () => {
  expect(anchoredOffset(change(['new', 'newer', ...names]), nobody)).toBe(525)
  expect(anchoredOffset(change(names.slice(3)), nobody)).toBe(475)
})

test('Rows that come below, or are added as a page, scroll nothing', () => {
  expect(anchoredOffset(change([...names, 'another']), nobody)).toBe(505)
})

test('What comes between the top and the pointer moves what is above the pointer', () => {
  const after = names.toSpliced(53, 0, 'new')
  expect(anchoredOffset(change(after), { pointerRow: 55, focusRow: -1 })).toBe(515)
  expect(anchoredOffset(change(after), { pointerRow: -1, focusRow: 55 })).toBe(515)
  expect(anchoredOffset(change(after), { pointerRow: 52, focusRow: 55 })).toBe(505)
})

test('A keyboard out of sight, and a pointer below the last row, hold nothing', () => {
  const after = names.toSpliced(53, 0, 'new')
  expect(anchoredOffset(change(after), { pointerRow: -1, focusRow: 90 })).toBe(505)
  expect(anchoredOffset(change(after), { pointerRow: 300, focusRow: -1 })).toBe(505)
})

test('Where the row at the top is gone, the next one holds', () => {
  expect(anchoredOffset(change(names.filter((_, row) => row < 40 || row > 52)), nobody)).toBe(375)
  expect(anchoredOffset(change([]), nobody)).toBe(505)
})

test('At the top what is new comes into sight, unless that pushes the row of the keyboard out of it', () => {
  const after = ['new', ...names]
  expect(anchoredOffset(change(after, { scrollTop: 0 }), nobody)).toBe(0)
  const pointed = { pointerRow: 4, focusRow: 4 }
  expect(anchoredOffset(change(after, { scrollTop: 0 }), pointed)).toBe(0)
  const last = { pointerRow: -1, focusRow: 9 }
  expect(anchoredOffset(change(after, { scrollTop: 0 }), last)).toBe(10)
})

test('Rows of another height keep the row at the top', () => {
  expect(anchoredOffset(change(names, { rowHeight: 30 }), nobody)).toBe(51 * 30 - 5)
})

test('Another order begins at its top, or with a selected row where it was seen', () => {
  const reversed = names.toReversed()
  expect(rearrangedOffset(change(reversed), -1)).toBe(0)
  expect(rearrangedOffset(change(reversed), 20)).toBe(0)
  expect(rearrangedOffset(change(reversed), 55)).toBe(440 - 45)
  expect(rearrangedOffset(change(['row 1']), 55)).toBe(0)
})
