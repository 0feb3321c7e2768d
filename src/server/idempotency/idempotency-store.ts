import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'

/** Keys are per user and endpoint. */
export type Slot = { userId: string; endpoint: string; key: string }

/** `reply` is JSON; `at` epoch milliseconds. */
type Kept = { fingerprint: string; reply: string; at: number }

export type IdempotencyStore = {
  /** What was kept after `since` (epoch milliseconds); null where nothing was. */
  find(slot: Slot, since: number): Promise<Omit<Kept, 'at'> | null>
  /** Replaces an expired entry. */
  keep(unit: UnitOfWork, slot: Slot, kept: Kept): Promise<void>
  /** Deletes what was kept until `until`, epoch milliseconds. */
  forget(unit: UnitOfWork, until: number): Promise<void>
}

/** Keeps answers in the database. */
export function createIdempotencyStore(database: Database): IdempotencyStore {
  return {
    async find({ userId, endpoint, key }, since) {
      const row = await database
        .selectFrom('idempotency')
        .select(['reply_json', 'fingerprint'])
        .where('user_id', '=', userId)
        .where('endpoint', '=', endpoint)
        .where('key', '=', key)
        .where('created_at', '>', since)
        .executeTakeFirst()
      return row ? { fingerprint: row.fingerprint, reply: row.reply_json } : null
    },

    async keep(unit, { userId, endpoint, key }, { fingerprint, reply, at }) {
      const values = { fingerprint, reply_json: reply, created_at: at }
      await transactionOf(unit)
        .insertInto('idempotency')
        .values({ user_id: userId, endpoint, key, ...values })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'endpoint', 'key']).doUpdateSet(values),
        )
        .execute()
    },

    async forget(unit, until) {
      await transactionOf(unit).deleteFrom('idempotency').where('created_at', '<=', until).execute()
    },
  }
}
