import { expect, test } from 'vitest'
import { formatDay, formatExactTime } from './format-date.ts'

const now = new Date('2026-06-26T12:00:00Z')

test('A day is written in full, without a time', () => {
  expect(formatDay('2026-06-20T10:00:00+00:00', now)).toBe('20 Jun 2026')
})

test("Today's uploads show their time", () => {
  expect(formatDay(now.toISOString(), now)).toMatch(/^Today \d\d:\d\d$/)
})

test('Text that is no time is a dash, and has no exact time', () => {
  expect(formatDay('yesterday-ish', now)).toBe('–')
  expect(formatDay('', now)).toBe('–')
  expect(formatExactTime('<b>')).toBe('')
})
