import { expect, test } from 'vitest'
import { formatDuration } from './format-duration.ts'

test.each([
  [0, '0 s'],
  [8, '8 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [90, '2 min'],
  [2_143, '36 min'],
  [3_599, '1 h'],
  [3_900, '1 h 5 min'],
  [172_799, '2 days'],
  [Number.POSITIVE_INFINITY, '–'],
  [-1, '–'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words)
})
