import { expect, test } from 'vitest'
import { anchoredOffset, type RowsLayout, rearrangedOffset } from './anchored-offset.ts'

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
