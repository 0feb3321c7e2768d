import { expect, test } from 'vitest'
import { type ListPlace, readListKey } from './list-keys.ts'

const list: ListPlace = { index: 3, count: 10, pageRows: 4, columns: 1 }
const tiles: ListPlace = { index: 3, count: 10, pageRows: 2, columns: 4 }
const plain = { shiftKey: false }
const press = (key: string, place: ListPlace, held: Partial<typeof plain> = {}) =>
  readListKey({ ...plain, ...held, key }, place)

test('Arrows, Home, End and the page keys move, and stop at the ends', () => {
  expect(press('ArrowDown', list)).toEqual({ do: 'move', index: 4 })
  expect(press('ArrowUp', { ...list, index: 0 })).toEqual({ do: 'move', index: 0 })
  expect(press('ArrowDown', { ...list, index: 9 })).toEqual({ do: 'move', index: 9 })
  expect(press('End', list)).toEqual({ do: 'move', index: 9 })
  expect(press('Home', list)).toEqual({ do: 'move', index: 0 })
  expect(press('PageDown', { ...list, index: 8 })).toEqual({ do: 'move', index: 9 })
  expect(press('PageUp', list)).toEqual({ do: 'move', index: 0 })
})

test('With Shift the choice is extended', () => {
  expect(press('ArrowDown', list, { shiftKey: true })).toEqual({ do: 'extend', index: 4 })
})

test('Left and Right belong to the tiles alone', () => {
  expect(press('ArrowRight', list)).toBeNull()
  expect(press('ArrowRight', tiles)).toEqual({ do: 'move', index: 4 })
  expect(press('ArrowLeft', { ...tiles, index: 0 })).toEqual({ do: 'move', index: 0 })
})

test('Among tiles Up and Down keep their column where they can', () => {
  expect(press('ArrowDown', tiles)).toEqual({ do: 'move', index: 7 })
  expect(press('ArrowDown', { ...tiles, index: 7 })).toEqual({ do: 'move', index: 9 })
  expect(press('ArrowDown', { ...tiles, index: 8 })).toEqual({ do: 'move', index: 8 })
  expect(press('ArrowUp', { ...tiles, index: 2 })).toEqual({ do: 'move', index: 2 })
})

test('Other keys, and moving in an empty list, are nothing', () => {
  expect(press('Tab', list)).toBeNull()
  expect(press('Enter', list)).toBeNull()
  expect(press('ArrowDown', { ...list, index: -1, count: 0 })).toBeNull()
})
