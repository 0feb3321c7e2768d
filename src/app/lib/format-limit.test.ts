import { expect, test } from 'vitest'
import { formatLimit } from './format-limit.ts'

test.each([
  [2_147_483_648, '2 GiB'],
  [100 * 1024 * 1024, '100 MiB'],
  [5_000_000_000, '5 GB'],
  [0, '0 bytes'],
  [Number.NaN, '–'],
])('a limit of %d bytes reads %s', (bytes, words) => {
  expect(formatLimit(bytes)).toBe(words)
})
