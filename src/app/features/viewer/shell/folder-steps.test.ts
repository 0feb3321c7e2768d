import { expect, test } from 'vitest'
import { describePosition, findMissing, findPosition } from './folder-steps.ts'

const file = (name: string, key = name) => ({ name, key })
const files = (text: string) => [...text].map((name) => (name === '.' ? undefined : file(name)))

test('the file of the address is found among what is loaded', () => {
  expect(findPosition(files('..cd'), 'c', null)).toBe(2)
  expect(findPosition(files('..cd'), 'a', null)).toBe(-1)
  expect(findPosition([file('a\ud800')], 'a\ufffd', null)).toBe(0)
})

test('of several with one name, the one that was stepped to is shown', () => {
  const twins = [file('a', '1'), file('a', '2'), file('b', '3')]
  expect(findPosition(twins, 'a', '2')).toBe(1)
  expect(findPosition(twins, 'a', '3')).toBe(0)
  expect(findPosition(twins, 'a', 'gone')).toBe(0)
})

test('what is not loaded is asked for before it is stepped to, the nearest first', () => {
  expect(findMissing(files('abcd'), 1, true)).toBeNull()
  expect(findMissing(files('ab.d'), 0, true)).toBe(2)
  expect(findMissing(files('.bcdefg'), 3, true)).toBe(0)
  expect(findMissing(files('.b'), 1, true)).toBe(0)
  expect(findMissing(files(`${'a'.repeat(40)}.`), 0, true)).toBeNull()
})

test('near the end of what is loaded, more is asked for where more may come', () => {
  expect(findMissing(files('abcd'), 1, false)).toBe(4)
  expect(findMissing(files('a'.repeat(40)), 1, false)).toBeNull()
})

test('a position says whether the number is that of the folder', () => {
  expect(describePosition(11, 430, true)).toBe('12 of 430')
  expect(describePosition(0, 1000, false)).toBe('1 of 1,000 loaded')
})
