/** What a runner counted. A test that was skipped proves nothing, so it is told apart. */
export type Count = { passed: number; failed: number; skipped: number }

/** Type check, lint and dead code: one check each, by exit code. */
export function countCheck(exitCode: number): Count {
  return exitCode === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0 }
}

/** @param report what `vitest --reporter=json` wrote; null where it wrote nothing. */
export function countVitest(report: unknown, exitCode: number): Count {
  const skipped = readCount(report, 'numPendingTests') + readCount(report, 'numTodoTests')
  const count = {
    passed: readCount(report, 'numPassedTests'),
    failed: readCount(report, 'numFailedTests'),
    skipped,
  }
  return withCrash(count, exitCode)
}

/** @param report what Playwright's `json` reporter wrote; null where it wrote nothing. */
export function countPlaywright(report: unknown, exitCode: number): Count {
  const stats = readField(report, 'stats')
  const count = {
    passed: readCount(stats, 'expected'),
    // Passed at a second try is a race, not a pass.
    failed: readCount(stats, 'unexpected') + readCount(stats, 'flaky'),
    skipped: readCount(stats, 'skipped'),
  }
  return withCrash(count, exitCode)
}

/** A runner that ran no test, or failed with no failed test to show for it, is a failure of its own. */
function withCrash(count: Count, exitCode: number): Count {
  const ranNothing = count.passed + count.failed === 0
  const failedUnseen = exitCode !== 0 && count.failed === 0
  return ranNothing || failedUnseen ? { ...count, failed: count.failed + 1 } : count
}

export function addCounts(counts: Count[]): Count {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const count of counts) {
    total.passed += count.passed
    total.failed += count.failed
    total.skipped += count.skipped
  }
  return total
}

/** `12 passed, 0 failed`, the form that CI servers read; skipped ones are named only when there are any. */
export function formatCount({ passed, failed, skipped }: Count): string {
  const text = `${passed} passed, ${failed} failed`
  return skipped > 0 ? `${text}, ${skipped} skipped` : text
}

function readField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}

function readCount(value: unknown, name: string): number {
  const count = readField(value, name)
  return typeof count === 'number' ? count : 0
}
