import type { Selectable, Transaction } from 'kysely'
import type { TaskState } from '#contract/imports.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Database } from '#server/storage/sqlite/database.ts'
import { orderOfArrival } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { ImportTaskTable, Tables } from '#server/storage/sqlite/tables.ts'

export type ImportTaskRow = Selectable<ImportTaskTable>

export type NewImportTask = Pick<
  ImportTaskRow,
  | 'id'
  | 'user_id'
  | 'key_id'
  | 'requested_type'
  | 'type'
  | 'url'
  | 'folder'
  | 'file_name'
  | 'video_json'
>

/** How a task ends. `progress` is 0–100; a cancelled or failed one keeps how far it came. */
export type ImportEnd = {
  state: Exclude<TaskState, 'running'>
  progress?: number
  title?: string | null
  error?: string
  /** One of the contract's `importErrorCodes`. */
  error_code?: string
  /** JSON of the contract's notes. */
  notes_json?: string
  result_link?: string
  result_folder?: string
}

/** How long a task can be asked for once it has ended. */
const keptForMs = 7 * 86_400_000

export type ImportRepository = ReturnType<typeof createImportRepository>

/** The only SQL about import tasks. */
export function createImportRepository(database: Database, clock: Clock) {
  return {
    /** With what `withinTransaction` writes, or neither. */
    async add(
      task: NewImportTask,
      withinTransaction: (transaction: Transaction<Tables>) => Promise<void>,
    ): Promise<void> {
      const now = clock.now()
      await database.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom('import_task')
          .where('state', 'in', ['completed', 'failed', 'cancelled'])
          // By its beginning, which is indexed, and then by its end.
          .where('created_at', '<', now - keptForMs)
          .where('updated_at', '<', now - keptForMs)
          .execute()
        await transaction
          .insertInto('import_task')
          .values({ ...task, state: 'running', progress: 0, created_at: now, updated_at: now })
          .execute()
        await withinTransaction(transaction)
      })
    },

    async find(id: string): Promise<ImportTaskRow | undefined> {
      return await database
        .selectFrom('import_task')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
    },

    /** What was running when the server stopped, in the order in which it came. */
    async unfinished(): Promise<Pick<ImportTaskRow, 'id' | 'user_id' | 'key_id'>[]> {
      return await database
        .selectFrom('import_task')
        .select(['id', 'user_id', 'key_id'])
        .where('state', '=', 'running')
        .orderBy(orderOfArrival)
        .execute()
    },

    async setType(id: string, type: 'file' | 'video'): Promise<void> {
      await database.updateTable('import_task').set({ type }).where('id', '=', id).execute()
    },

    /** Ends a task once: one that has ended stays as it is. */
    async finish(
      id: string,
      end: ImportEnd,
      writer: Database | Transaction<Tables> = database,
    ): Promise<void> {
      await writer
        .updateTable('import_task')
        .set({ ...end, updated_at: clock.now() })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute()
    },
  }
}
