import type { Selectable } from 'kysely'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'
import type { PartialUploadTable } from '#server/storage/tables.ts'

export type PartialRow = Selectable<PartialUploadTable>

export type PartialRepository = ReturnType<typeof createPartialRepository>

/** The only SQL about uploads that come in parts. Times in epoch milliseconds, sizes in bytes. */
export function createPartialRepository(database: Database) {
  const rows = () => database.selectFrom('partial_upload')
  return {
    async add(unit: UnitOfWork, row: PartialRow): Promise<void> {
      await transactionOf(unit).insertInto('partial_upload').values(row).execute()
    },

    /** Null where the user has none of this id, or it has expired. */
    async find(userId: string, id: string, now: number): Promise<PartialRow | null> {
      const row = await rows()
        .selectAll()
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row ?? null
    },

    /** How many of a user's have not become files. */
    async countOpen(userId: string, now: number): Promise<number> {
      const { count } = await rows()
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('file_json', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirstOrThrow()
      return count
    },

    /** What is said too late, by who was taken over, changes nothing. */
    async note(id: string, change: { received: number; expires_at: number }): Promise<void> {
      await database
        .updateTable('partial_upload')
        .set(change)
        .where('id', '=', id)
        .where('received', '<=', change.received)
        .execute()
    },

    async finish(
      unit: UnitOfWork,
      id: string,
      change: { file_json: string; expires_at: number },
    ): Promise<void> {
      await transactionOf(unit)
        .updateTable('partial_upload')
        .set(change)
        .where('id', '=', id)
        .execute()
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('partial_upload').where('id', '=', id).execute()
    },

    /** Some of those that have expired. */
    async expired(now: number): Promise<string[]> {
      const found = await rows().select('id').where('expires_at', '<=', now).limit(100).execute()
      return found.map(({ id }) => id)
    },

    /** Those whose bytes are still needed. */
    async open(): Promise<Set<string>> {
      const found = await rows().select('id').where('file_json', 'is', null).execute()
      return new Set(found.map(({ id }) => id))
    },
  }
}
