import { expect, test } from 'vitest'
import { formatBytes } from './format-bytes.ts'

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
