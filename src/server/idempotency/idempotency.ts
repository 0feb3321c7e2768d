import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { IdempotencyStore, Slot } from './idempotency-store.ts'

const keptMs = 24 * 60 * 60 * 1000
const maxKeyLength = 255

/** Identifies a request: its user, and a fingerprint of everything that matters. */
export type RequestedOnce = { userId: string; endpoint: string; fingerprint: unknown }

/** Stores the reply in the unit of work that makes it true: both are committed, or neither. */
export type KeepReply<Reply> = (unit: UnitOfWork, reply: Reply) => Promise<void>

export type Idempotency = {
  /** The request's `Idempotency-Key`; null without one. @throws ApiFailure `invalid_request` when it is malformed */
  readKey(request: FastifyRequest): string | null
  /**
   * Runs `work` once for `key`: who sends it again within 24 hours gets the first answer again, also
   * while the first is still under way. A failure is not kept. Without a key, `work` runs.
   * @throws ApiFailure `invalid_request` for a key that was used for another request
   */
  once<Reply>(
    key: string | null,
    requested: RequestedOnce,
    work: (keep: KeepReply<Reply>) => Promise<Reply>,
  ): Promise<Reply>
}

type Deps = { store: IdempotencyStore; clock: Clock; locks: Locks }

export function createIdempotency({ store, clock, locks }: Deps): Idempotency {
  async function recall(slot: Slot, fingerprint: string): Promise<string | null> {
    const found = await store.find(slot, clock.now() - keptMs)
    if (found && found.fingerprint !== fingerprint) {
      throw new ApiFailure(
        'invalid_request',
        'This Idempotency-Key was used for another request. Make a new one for each.',
      )
    }
    return found?.reply ?? null
  }

  return {
    readKey,

    async once<Reply>(
      key: string | null,
      requested: RequestedOnce,
      work: (keep: KeepReply<Reply>) => Promise<Reply>,
    ) {
      if (key === null) return await work(async () => {})
      const fingerprint = createHash('sha256')
        .update(JSON.stringify(requested.fingerprint))
        .digest('hex')
      const slot = { userId: requested.userId, endpoint: requested.endpoint, key }
      const name = `idempotency ${JSON.stringify([slot.userId, slot.endpoint, key])}`
      return await locks.run([name], async () => {
        const known = await recall(slot, fingerprint)
        if (known !== null) return JSON.parse(known) as Reply
        return await work(async (unit, reply) => {
          const now = clock.now()
          await store.forget(unit, now - keptMs)
          const kept = { fingerprint, reply: JSON.stringify(reply), at: now }
          await store.keep(unit, slot, kept)
          // Where another server has taken over meanwhile, its answer is the one.
          await locks.releaseWith(unit, name)
        })
      })
    },
  }
}

function readKey(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  const key = Array.isArray(header) ? header.join() : header
  if (key !== '' && key.length <= maxKeyLength) return key
  throw new ApiFailure(
    'invalid_request',
    `Idempotency-Key must have 1 to ${maxKeyLength} characters.`,
  )
}
