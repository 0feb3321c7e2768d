import { expect, test } from 'vitest'
import { relativeTime } from './format.ts'

const now = Date.UTC(2026, 5, 25, 10)
const hour = 3_600_000

test.each([
  [30_000, 'in less than a minute'],
  [-30_000, 'just now'],
  [-90_000, '1 minute ago'],
  [-3 * hour, '3 hours ago'],
  [47 * hour, 'in 1 day'],
  [6 * 24 * hour, 'in 6 days'],
  [-45 * 24 * hour, '1 month ago'],
  [366 * 24 * hour, 'in 1 year'],
])('%i ms from now reads %s', (span, words) => {
  expect(relativeTime(now + span, now)).toBe(words)
})

test('a time that is none is told as such', () => {
  expect(relativeTime(Number.NaN, now)).toBe('at an unknown time')
})
