import { expect, test } from 'vitest'
import {
  count,
  formatBytes,
  formatDay,
  formatDuration,
  formatExactTime,
  formatLimit,
  plural,
} from './format.ts'

test('amounts come with the form that goes with them', () => {
  expect([0, 1, 2143].map((amount) => count(amount, 'file'))).toEqual([
    '0 files',
    '1 file',
    '2,143 files',
  ])
  const forms = { one: '# request waits', other: '# requests wait' }
  expect([1, 12].map((amount) => plural(amount, forms))).toEqual([
    '1 request waits',
    '12 requests wait',
  ])
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 KB'],
  [1550, '1.6 KB'],
  [9949, '9.9 KB'],
  [9960, '10 KB'],
  [999_499, '999 KB'],
  [999_500, '1 MB'],
  [734_003_200, '734 MB'],
  [2_147_483_648, '2.1 GB'],
  [5e14, '500 TB'],
])('%d bytes read as %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
  '%d is no size and reads as a dash',
  (bytes) => {
    expect(formatBytes(bytes)).toBe('–')
  },
)

test('A size beyond every unit stays short', () => {
  expect(formatBytes(Number.MAX_VALUE)).toBe('over 999 PB')
  expect(formatBytes(Number.MAX_SAFE_INTEGER)).toBe('9 PB')
})

test.each([
  [2_147_483_648, '2 GiB'],
  [100 * 1024 * 1024, '100 MiB'],
  [5_000_000_000, '5 GB'],
  [0, '0 bytes'],
  [Number.NaN, '–'],
])('a limit of %d bytes reads %s', (bytes, words) => {
  expect(formatLimit(bytes)).toBe(words)
})

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
