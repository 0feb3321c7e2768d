import type { Selectable } from 'kysely'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import { prepareRead, type TextValue } from '#server/storage/prepare-read.ts'
import type { ShareTable } from '#server/storage/tables.ts'

export type ShareRow = Selectable<ShareTable>

/** A link with what decides whether its account may use the API; `username` is null when that is gone. */
export type StoredShare = ShareRow & {
  username: string | null
  plan: string | null
  banned: number | null
}

/** A file or a folder of a selection, by its id. */
export type ShareItem = { file_id: string | null; folder_id: number | null }

export type NewShare = Omit<ShareRow, 'used_bytes' | 'files' | 'last_used_at'> & {
  /** Of a selection, in their order. */
  items: readonly ShareItem[]
}

export type ShareRepository = ReturnType<typeof createShareRepository>

/** The only SQL about links; what they share is found by `shared-tree.ts`. */
export function createShareRepository(database: Database) {
  const shares = () =>
    database
      .selectFrom('share')
      .leftJoin('user', 'user.id', 'share.user_id')
      .selectAll('share')
      .select(['user.username', 'user.plan', 'user.banned'])
  const readByHash = prepareRead(database, (hash: TextValue) =>
    shares().where('secret_hash', '=', hash),
  )
  const readById = prepareRead(database, (id: TextValue) => shares().where('share.id', '=', id))
  const readKnown = prepareRead(database, (idsJson: TextValue) =>
    database
      .selectFrom('share')
      .select('id')
      .where('id', 'in', dialectOf(database).elementsOf(idsJson)),
  )

  return {
    async findByHash(secretHash: string): Promise<StoredShare | null> {
      const [row] = await readByHash.read(secretHash)
      return row ?? null
    },

    async find(id: string): Promise<StoredShare | null> {
      const [row] = await readById.read(id)
      return row ?? null
    },

    /** Those of `ids` that were revoked. */
    async revokedOf(ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return []
      const known = new Set((await readKnown.read(JSON.stringify(ids))).map(({ id }) => id))
      return ids.filter((id) => !known.has(id))
    },

    /** All links of an account, the newest first. */
    list: (userId: string): Promise<ShareRow[]> =>
      database
        .selectFrom('share')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute(),

    /** Deletes those of `ids` that are links of the account; resolves with them. */
    async revoke(userId: string, ids: readonly string[]): Promise<Set<string>> {
      return await database.transaction().execute(async (transaction) => {
        const gone = new Set<string>()
        for (const id of new Set(ids)) {
          const { numDeletedRows } = await transaction
            .deleteFrom('share')
            .where('id', '=', id)
            .where('user_id', '=', userId)
            .executeTakeFirst()
          if (numDeletedRows === 0n) continue
          await transaction.deleteFrom('share_item').where('share_id', '=', id).execute()
          gone.add(id)
        }
        return gone
      })
    },

    async markUsed(id: string, now: number): Promise<void> {
      await database.updateTable('share').set({ last_used_at: now }).where('id', '=', id).execute()
    },
  }
}

/** Stores a link unless its account has `max` already; false then. */
export async function addShareUpTo(
  unit: UnitOfWork,
  max: number,
  { items, ...row }: NewShare,
): Promise<boolean> {
  const transaction = transactionOf(unit)
  const { known } = await transaction
    .selectFrom('share')
    .where('user_id', '=', row.user_id)
    .select((count) => count.fn.countAll<number>().as('known'))
    .executeTakeFirstOrThrow()
  if (known >= max) return false
  await transaction.insertInto('share').values(row).execute()
  for (const [place, item] of items.entries()) {
    const values = { share_id: row.id, place, ...item }
    await transaction.insertInto('share_item').values(values).execute()
  }
  return true
}

/**
 * Counts what comes by a link, in the unit of work that lists it. `revoked` and `full` count nothing:
 * then nothing may be listed.
 */
export async function chargeShare(
  unit: UnitOfWork,
  id: string,
  added: { files: number; bytes: number },
): Promise<'ok' | 'revoked' | 'full'> {
  const transaction = transactionOf(unit)
  const { numUpdatedRows } = await transaction
    .updateTable('share')
    .set((set) => ({
      used_bytes: set('used_bytes', '+', added.bytes),
      files: set('files', '+', added.files),
    }))
    .where('id', '=', id)
    .where((where) => where(where('used_bytes', '+', added.bytes), '<=', where.ref('max_bytes')))
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return 'ok'
  const row = await transaction
    .selectFrom('share')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? 'full' : 'revoked'
}
