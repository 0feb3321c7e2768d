import { expect, test } from 'vitest'
import { offsetShowing, rowsWith, visibleRows } from './visible-rows.ts'

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
