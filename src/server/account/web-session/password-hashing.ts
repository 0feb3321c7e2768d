import { availableParallelism } from 'node:os'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { ApiFailure } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'

/** At most half of libuv's four threads, and never the last core. */
const hashesAtOnce = Math.max(1, Math.min(2, availableParallelism() - 1))
/** About half a minute of hashing: nobody waits longer than that to sign in. */
const maxWaiting = 300
const tooMany = 'Too many people are signing in. Try again in a minute.'

/**
 * The library's own hashing, a few at a time. Each hash takes one of libuv's four threads for a
 * tenth of a second, and file reads, writes and fsyncs need the same threads: 150 sign-ins at
 * once delayed a download by twenty seconds.
 * The functions throw ApiFailure `unavailable` when too many are waiting.
 */
export function createPasswordHashing(): {
  hash: typeof hashPassword
  verify: typeof verifyStored
} {
  const turn = new Semaphore(hashesAtOnce)

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (turn.waiting >= maxWaiting) {
      throw new ApiFailure('unavailable', tooMany, { retryAfter: 60 })
    }
    await turn.acquire()
    try {
      return await work()
    } finally {
      turn.release()
    }
  }

  return {
    hash: (password) => inTurn(() => hashPassword(password)),
    verify: (stored) => inTurn(() => verifyStored(stored)),
  }
}

function verifyStored(stored: { hash: string; password: string }): Promise<boolean> {
  return verifyPassword(stored)
}
