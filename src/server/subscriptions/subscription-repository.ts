import { sql } from 'kysely'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type { SubscriptionTable } from '#server/storage/tables.ts'

export type SubscriptionRow = SubscriptionTable
export type SubscriptionChange = Partial<Omit<SubscriptionRow, 'id' | 'user_id' | 'created_at'>>

/** An entry whose files are known. */
export type KeptEntry = { entry: string; files_json: string }

export type SubscriptionRepository = ReturnType<typeof createSubscriptionRepository>

/** The only SQL of subscriptions. An entry is known by its link, and its number where it has no link of its own. */
export function createSubscriptionRepository(database: Database) {
  return {
    async list(userId: string): Promise<(SubscriptionRow & { imported: number })[]> {
      const rows = await database
        .selectFrom('subscription')
        .selectAll('subscription')
        .select(({ selectFrom }) =>
          selectFrom('subscription_entry')
            .whereRef('subscription_id', '=', 'subscription.id')
            .where('task_id', 'is not', null)
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .as('imported'),
        )
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ ...row, imported: row.imported ?? 0 }))
    },
    /** Null where there is none of that id. */
    async find(id: string): Promise<SubscriptionRow | null> {
      const found = database.selectFrom('subscription').selectAll().where('id', '=', id)
      return (await found.executeTakeFirst()) ?? null
    },
    /** False where the person has one of that address. */
    async add(row: SubscriptionRow): Promise<boolean> {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('subscription')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return (numInsertedOrUpdatedRows ?? 0n) > 0n
    },
    async change(id: string, change: SubscriptionChange): Promise<void> {
      await database.updateTable('subscription').set(change).where('id', '=', id).execute()
    },
    async remove(id: string): Promise<void> {
      await database.deleteFrom('subscription').where('id', '=', id).execute()
    },
    /** When the next one is due, in epoch ms; null where none is on. */
    async nextDue(): Promise<number | null> {
      const next = database
        .selectFrom('subscription')
        .select(({ fn }) => fn.min('next_at').as('at'))
        .where('state', '=', 'on')
      return (await next.executeTakeFirst())?.at ?? null
    },
    async due(now: number): Promise<SubscriptionRow[]> {
      const due = database.selectFrom('subscription').selectAll().where('state', '=', 'on')
      return await due.where('next_at', '<=', now).orderBy('next_at').execute()
    },
    /** What of a list was taken or left before. */
    async seen(id: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('subscription_entry')
        .select('entry')
        .where('subscription_id', '=', id)
        .execute()
      return new Set(rows.map(({ entry }) => entry))
    },
    /** Notes entries that are left as they are. */
    async leave(id: string, entries: readonly string[]): Promise<void> {
      const rows = entries.map((entry) => ({ subscription_id: id, entry, ...untaken }))
      for (let at = 0; at < rows.length; at += rowsAtOnce) {
        await database
          .insertInto('subscription_entry')
          .values(rows.slice(at, at + rowsAtOnce))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
    },
    ...taken,
  }
}

const untaken = { task_id: null, place: null, files_json: null }
const rowsAtOnce = 500

type EntryKey = { subscription_id: string; entry: string }

/** What became of entries that were taken. All of it within a unit of work. */
const taken = {
  /** Notes an entry, in the unit that makes its import. */
  async take(unit: UnitOfWork, id: string, { entry, taskId }: { entry: string; taskId: string }) {
    const values = { subscription_id: id, entry, task_id: taskId, files_json: null }
    await transactionOf(unit)
      .insertInto('subscription_entry')
      .values(({ selectFrom }) => ({
        ...values,
        place: selectFrom('subscription_entry')
          .where('subscription_id', '=', id)
          .select(sql<number>`coalesce(max(place), 0) + 1`.as('place')),
      }))
      .execute()
  },
  /** Of which list an import is; null where of none. */
  async entryOf(unit: UnitOfWork, taskId: string): Promise<EntryKey | null> {
    const found = transactionOf(unit)
      .selectFrom('subscription_entry')
      .select(['subscription_id', 'entry'])
      .where('task_id', '=', taskId)
    return (await found.executeTakeFirst()) ?? null
  },
  async noteFiles(unit: UnitOfWork, { subscription_id, entry }: EntryKey, files_json: string) {
    await transactionOf(unit)
      .updateTable('subscription_entry')
      .set({ files_json })
      .where('subscription_id', '=', subscription_id)
      .where('entry', '=', entry)
      .execute()
  },
  /** Nobody else changes it before the unit ends. Null where there is none of that id. */
  async lock(unit: UnitOfWork, id: string): Promise<SubscriptionRow | null> {
    const rows = transactionOf(unit)
    await rows
      .updateTable('subscription')
      .set(({ ref }) => ({ keep: ref('keep') }))
      .where('id', '=', id)
      .execute()
    const row = rows.selectFrom('subscription').selectAll().where('id', '=', id)
    return (await row.executeTakeFirst()) ?? null
  },
  /** In the order in which they were taken: the oldest first. */
  async withFiles(unit: UnitOfWork, id: string): Promise<KeptEntry[]> {
    return await transactionOf(unit)
      .selectFrom('subscription_entry')
      .select(['entry', 'files_json'])
      .where('subscription_id', '=', id)
      .where('files_json', 'is not', null)
      .orderBy('place')
      .$narrowType<KeptEntry>()
      .execute()
  },
  /** Their files are nobody's business any more. */
  async forgetFiles(unit: UnitOfWork, id: string, entries: readonly string[]): Promise<void> {
    const transaction = transactionOf(unit)
    await transaction
      .updateTable('subscription_entry')
      .set({ files_json: null })
      .where('subscription_id', '=', id)
      .where('entry', 'in', dialectOf(transaction).elementsOf(sql`${JSON.stringify(entries)}`))
      .execute()
  },
}
