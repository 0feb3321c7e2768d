import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/sqlite/database.ts'
import type { Tables } from '#server/storage/sqlite/tables.ts'

const keptMs = 24 * 60 * 60 * 1000
const maxKeyLength = 255

/** What the answer belongs to: whose request, and what it asked for in every point that matters. */
export type Asked = { userId: string; endpoint: string; fingerprint: unknown }

/** Keeps the answer, in the transaction that makes it true: neither is ever there alone. */
export type KeepReply<Reply> = (transaction: Transaction<Tables>, reply: Reply) => Promise<void>

export type Idempotency = {
  /** The request's `Idempotency-Key`, or null without one. Throws `invalid_request`. */
  readKey(request: FastifyRequest): string | null
  /**
   * Runs `work` once for `key`: who sends it again within 24 hours gets the first answer again, also
   * while the first is still under way. A failure is not kept. Without a key, `work` runs.
   * Throws `invalid_request` for a key that was used to ask for something else.
   */
  once<Reply>(
    key: string | null,
    asked: Asked,
    work: (keep: KeepReply<Reply>) => Promise<Reply>,
  ): Promise<Reply>
}

export function createIdempotency(parts: { database: Database; clock: Clock }): Idempotency {
  const { database, clock } = parts
  const underWay = new Map<string, Promise<unknown>>()

  async function recall(asked: Asked, key: string, fingerprint: string): Promise<string | null> {
    const row = await database
      .selectFrom('idempotency')
      .select(['reply_json', 'fingerprint'])
      .where('user_id', '=', asked.userId)
      .where('endpoint', '=', asked.endpoint)
      .where('key', '=', key)
      .where('created_at', '>', clock.now() - keptMs)
      .executeTakeFirst()
    if (row && row.fingerprint !== fingerprint) {
      throw new ApiFailure(
        'invalid_request',
        'This Idempotency-Key was used for another request. Make a new one for each.',
      )
    }
    return row?.reply_json ?? null
  }

  async function remember(
    transaction: Transaction<Tables>,
    asked: Asked,
    kept: { key: string; fingerprint: string; reply: string },
  ): Promise<void> {
    const now = clock.now()
    await transaction
      .deleteFrom('idempotency')
      .where('created_at', '<=', now - keptMs)
      .execute()
    await transaction
      .replaceInto('idempotency')
      .values({
        user_id: asked.userId,
        endpoint: asked.endpoint,
        key: kept.key,
        fingerprint: kept.fingerprint,
        reply_json: kept.reply,
        created_at: now,
      })
      .execute()
  }

  return {
    readKey,

    async once<Reply>(
      key: string | null,
      asked: Asked,
      work: (keep: KeepReply<Reply>) => Promise<Reply>,
    ) {
      if (key === null) return await work(async () => {})
      const fingerprint = createHash('sha256')
        .update(JSON.stringify(asked.fingerprint))
        .digest('hex')
      const slot = JSON.stringify([asked.userId, asked.endpoint, key])
      while (underWay.has(slot)) await underWay.get(slot)?.catch(() => {})
      const running = (async () => {
        const known = await recall(asked, key, fingerprint)
        if (known !== null) return JSON.parse(known) as Reply
        return await work((transaction, reply) =>
          remember(transaction, asked, { key, fingerprint, reply: JSON.stringify(reply) }),
        )
      })()
      underWay.set(slot, running)
      try {
        return await running
      } finally {
        underWay.delete(slot)
      }
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
