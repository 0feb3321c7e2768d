import { expect, test } from 'vitest'
import { createRowSizes, heldOffset, rowAt, type SeenRow, topOf } from './measured-rows.ts'

const rows = { count: 10, usual: 40, odd: [{ index: 2, more: 20 }] }

test('rows begin where those above them end, the higher ones counted in', () => {
  expect([0, 2, 3, 10].map((row) => topOf(rows, row))).toEqual([0, 80, 140, 420])
  expect([-5, 79, 80, 139, 140, 9_000].map((at) => rowAt(rows, at))).toEqual([0, 1, 2, 2, 3, 9])
  expect(rowAt({ ...rows, count: 0, odd: [] }, 0)).toBe(-1)
})

test('the first rows tell what is usual, and of the others only those that differ are remembered', () => {
  const sizes = createRowSizes(41)
  const indexOf = (key: string) => Number(key)
  expect(sizes.measure([{ key: '0', height: 50 }])).toBe(true)
  expect(sizes.measure([{ key: '1', height: 50 }])).toBe(false)
  expect(sizes.measure([{ key: '7', height: 70 }])).toBe(true)
  expect(sizes.heights(9, indexOf)).toEqual({ count: 9, usual: 50, odd: [{ index: 7, more: 20 }] })
  sizes.measure([{ key: '7', height: 50 }])
  expect(sizes.heights(9, indexOf).odd).toEqual([])
})

test('what is in sight stays there when rows go above it, and one that ended is not followed', () => {
  const before = { count: 100, usual: 40, odd: [] }
  const seen: SeenRow[] = [20, 21, 22, 23].map((index) => ({ key: `${index}`, index }))
  const change = { before, after: { ...before, count: 98 }, scrollTop: 810, viewport: 120 }
  // Two above are gone; the first in sight went to the end.
  const indexOf = (key: string) => (key === '20' ? 97 : Number(key) - 2)
  expect(heldOffset(change, seen, indexOf)).toBe(730)
  expect(heldOffset({ ...change, scrollTop: 0 }, seen, indexOf)).toBe(0)
  expect(heldOffset(change, seen, () => -1)).toBe(810)
})

test('a row above that turns out higher moves nothing in sight', () => {
  const before = { count: 100, usual: 40, odd: [] }
  const after = { ...before, odd: [{ index: 3, more: 25 }] }
  const change = { before, after, scrollTop: 400, viewport: 80 }
  const seen = [10, 11].map((index) => ({ key: `${index}`, index }))
  expect(heldOffset(change, seen, Number)).toBe(425)
})
