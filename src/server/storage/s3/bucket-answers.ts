import { setTimeout as wait } from 'node:timers/promises'
import { ApiFailure, storageUnavailable } from '#server/core/failure.ts'

const tries = 4
const firstPauseMs = 200

/** The status of a bucket's answer; 0 where none came. */
export function statusOf(error: unknown): number {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode ?? 0
}

/** For a key that is not there. @throws everything else */
export function nullWhenMissing(error: Error): null {
  // A bucket that is not there is another matter.
  if (statusOf(error) === 404 && error.name !== 'NoSuchBucket') return null
  throw error
}

/** Whether the same may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error)
  return status === 0 || status === 408 || status === 429 || status >= 500
}

/** Tries again what may pass. @throws ApiFailure `unavailable` */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ApiFailure) throw error
      if (tried >= tries || !isTransient(error)) throw storageUnavailable(error)
      await wait(Math.random() * firstPauseMs * 2 ** tried)
    }
  }
}
