import type { PreviewFailure, PreviewProblem } from './preview-failure.ts'

/** What is broken stays so; a busy machine does not. */
const rememberMs = { lasting: 60 * 60 * 1000, passing: 5 * 60 * 1000 }
const maxFailures = 10_000

/** Remembers for a while what failed, so that a broken picture is not tried at each look at its folder. */
export function createFailureMemory(monotonic: () => number) {
  const failures = new Map<string, { problem: PreviewProblem; until: number }>()
  return {
    /** Null where nothing is known against it. */
    of(key: string): PreviewProblem | null {
      const failure = failures.get(key)
      return failure && monotonic() < failure.until ? failure.problem : null
    },
    note(key: string, { problem }: PreviewFailure): void {
      const isLasting = problem === 'unreadable' || problem === 'too large'
      const until = monotonic() + (isLasting ? rememberMs.lasting : rememberMs.passing)
      failures.delete(key)
      failures.set(key, { problem, until })
      const [oldest] = failures.keys()
      if (failures.size > maxFailures && oldest !== undefined) failures.delete(oldest)
    },
  }
}
