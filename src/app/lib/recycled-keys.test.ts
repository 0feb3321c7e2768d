import { expect, test } from 'vitest'
import { createRecycledKeys } from './recycled-keys.ts'

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
