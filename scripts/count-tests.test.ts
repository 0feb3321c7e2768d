import { expect, test } from 'vitest'
import { addCounts, countCheck, countPlaywright, countVitest, formatCount } from './count-tests.ts'

test('a check counts as one, by its exit code', () => {
  expect(countCheck(0)).toEqual({ passed: 1, failed: 0, skipped: 0 })
  expect(countCheck(2)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

const vitestReports: [string, unknown, number, string][] = [
  ['all pass', { numPassedTests: 3, numFailedTests: 0 }, 0, '3 passed, 0 failed'],
  ['one fails', { numPassedTests: 2, numFailedTests: 1 }, 1, '2 passed, 1 failed'],
  ['a file cannot be loaded', { numPassedTests: 2, numFailedTests: 0 }, 1, '2 passed, 1 failed'],
  ['nothing ran', { numPassedTests: 0, numFailedTests: 0 }, 0, '0 passed, 1 failed'],
  ['no report at all', null, 1, '0 passed, 1 failed'],
  ['a report that is no report', 'oops', 0, '0 passed, 1 failed'],
  [
    'some are skipped',
    { numPassedTests: 2, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 },
    0,
    '2 passed, 0 failed, 2 skipped',
  ],
]

test.each(vitestReports)('vitest: %s', (_, report, exitCode, text) => {
  expect(formatCount(countVitest(report, exitCode))).toBe(text)
})

const playwrightReports: [string, unknown, number, string][] = [
  [
    'all pass',
    { stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 0 } },
    0,
    '4 passed, 0 failed',
  ],
  [
    'one fails',
    { stats: { expected: 3, unexpected: 1, flaky: 0, skipped: 0 } },
    1,
    '3 passed, 1 failed',
  ],
  ['one passes at the second try', { stats: { expected: 3, flaky: 1 } }, 0, '3 passed, 1 failed'],
  ['no browser', { stats: { expected: 0, unexpected: 0 } }, 1, '0 passed, 1 failed'],
  ['the build before it fails', null, 1, '0 passed, 1 failed'],
  ['some are skipped', { stats: { expected: 1, skipped: 2 } }, 0, '1 passed, 0 failed, 2 skipped'],
]

test.each(playwrightReports)('Playwright: %s', (_, report, exitCode, text) => {
  expect(formatCount(countPlaywright(report, exitCode))).toBe(text)
})

test('the total is the sum of all runners', () => {
  const total = addCounts([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 200, failed: 2, skipped: 1 },
    { passed: 30, failed: 1, skipped: 0 },
  ])
  expect(formatCount(total)).toBe('231 passed, 3 failed, 1 skipped')
})
