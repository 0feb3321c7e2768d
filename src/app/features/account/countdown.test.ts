import { expect, test } from 'vitest'
import { countdown } from './countdown.ts'

test.each([
  [0, '0 s'],
  [1, '1 s'],
  [2_000, '2 s'],
  [2_001, '3 s'],
  [59_999, '60 s'],
  [99_000, '99 s'],
  [125_000, '2 min 05 s'],
  [3_600_000, '1 h 0 min'],
  [7_800_000, '2 h 10 min'],
])('%i ms ahead reads %s', (ms, words) => {
  expect(countdown(1_000_000 + ms, 1_000_000)).toBe(words)
})

test('a moment that has passed counts no further down than nothing', () => {
  expect(countdown(1_000, 9_000)).toBe('0 s')
})
