import { expect, test } from 'vitest'
import { bytesText, doneText, shareOf } from './run-text.ts'
import { createSums, type TransferState } from './transfer-sums.ts'

function sumsOf(...rows: [TransferState, number | null, number][]) {
  const sums = createSums()
  for (const [state, whole, moved] of rows) sums.count(state, { whole, moved }, 1)
  return sums.read()
}

test.each([
  [2_140_000_000, 16_000_000_000, '2.1 of 16 GB'],
  [0, 16_000_000_000, '0 of 16 GB'],
  // All of it is there only when it is.
  [15_999_999_999, 16_000_000_000, '15 of 16 GB'],
  [1_990_000, 2_000_000, '1.9 of 2 MB'],
  [2_000_000, 2_000_000, '2 of 2 MB'],
  [999_499, 999_500, '0.9 of 1 MB'],
  [12, 512, '12 of 512 bytes'],
  [0, 0, '0 of 0 bytes'],
])('%d of %d bytes', (moved, whole, words) => {
  expect(bytesText(sumsOf(['running', whole, moved]))).toBe(words)
})

test('what was cancelled is not waited for, and bytes are not told before all are known', () => {
  const sums = sumsOf(['done', 10, 10], ['failed', 10, 0], ['waiting', 20, 0], ['cancelled', 9, 0])
  expect([doneText(sums.totals), bytesText(sums), shareOf(sums)]).toEqual([
    ...['1 of 3', '10 of 40 bytes'],
    0.25,
  ])
  expect(bytesText(sumsOf(['waiting', null, 0], ['running', 5, 1]))).toBeNull()
  // Empty files have no bytes to count.
  expect(shareOf(sumsOf(['done', 0, 0], ['waiting', 0, 0]))).toBe(0.5)
  expect(shareOf(sumsOf())).toBe(0)
})
