import { availableParallelism } from 'node:os'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { ApiFailure } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'

/** At most half of libuv's four threads, and never the last core. */
const hashesAtOnce = Math.max(1, Math.min(2, availableParallelism() - 1))
/** About half a minute of hashing. Who comes later would have given up before his turn. */
const maxWaiting = 300
const tooMany = 'Too many people are signing in. Try again in a minute.'

/**
 * The library's own hashing, a bounded number at once. Each takes a thread of libuv's pool
 * for a tenth of a second, and reads, writes and fsyncs of files run on the same four threads: 150
 * sign-ins at once kept a download waiting for twenty seconds.
 * @throws ApiFailure `unavailable` when too many wait already.
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
