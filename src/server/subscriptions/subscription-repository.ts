import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/sqlite/database.ts'
import type { SubscriptionTable } from '#server/storage/sqlite/tables.ts'

export type SubscriptionRow = SubscriptionTable
export type SubscriptionChange = Partial<Omit<SubscriptionRow, 'id' | 'user_id' | 'created_at'>>

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
    /** Notes an entry, in the unit that makes its import. */
    async take(unit: UnitOfWork, id: string, { entry, taskId }: { entry: string; taskId: string }) {
      const values = { subscription_id: id, entry, task_id: taskId }
      await transactionOf(unit).insertInto('subscription_entry').values(values).execute()
    },
    /** Notes entries that are left as they are. */
    async leave(id: string, entries: readonly string[]): Promise<void> {
      const rows = entries.map((entry) => ({ subscription_id: id, entry, task_id: null }))
      for (let at = 0; at < rows.length; at += rowsAtOnce) {
        await database
          .insertInto('subscription_entry')
          .values(rows.slice(at, at + rowsAtOnce))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
    },
  }
}

const rowsAtOnce = 500
