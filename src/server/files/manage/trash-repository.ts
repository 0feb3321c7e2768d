import { randomUUID } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { insertFolder } from '#server/files/folder-repository.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type { TrashTable } from '#server/storage/tables.ts'
import type { Entry } from './item-repository.ts'

// The only SQL about the trash.

export type TrashRow = Selectable<TrashTable>

/** Where it was, and when it was deleted, in epoch milliseconds. */
export type Discarded = {
  userId: string
  parent: string
  name: string
  at: number
  state: TrashTable['state']
}

/** Takes one row out of the tree, and all that hangs on it. Resolves with its id in the trash. */
export async function discardRow(
  unit: UnitOfWork,
  entry: Entry,
  { userId, parent, name, at, state }: Discarded,
): Promise<string> {
  const transaction = transactionOf(unit)
  const id = randomUUID()
  const row = { id, user_id: userId, parent, name, deleted_at: at, state }
  if (entry.kind === 'file') {
    const { id: file_id, size } = entry.file
    const files = transaction.updateTable('file').set({ folder_id: null })
    await files.where('id', '=', file_id).execute()
    const values = { ...row, file_id, folder_id: null, size }
    await transaction.insertInto('trash').values(values).execute()
    return id
  }
  const folders = transaction.updateTable('folder').set({ parent_id: null })
  await folders.where('id', '=', entry.folderId).execute()
  const values = { ...row, file_id: null, folder_id: entry.folderId, size: null }
  await transaction.insertInto('trash').values(values).execute()
  return id
}

/** Makes the folder that a copy is built in: nobody sees it before it has a place. */
export async function startCopy(
  unit: UnitOfWork,
  { userId, name, at }: { userId: string; name: string; at: number },
): Promise<{ folderId: number; trashId: string }> {
  const transaction = transactionOf(unit)
  const folderId = await insertFolder(transaction, { userId, parentId: null, name })
  const trashId = randomUUID()
  await transaction
    .insertInto('trash')
    .values({
      ...{ id: trashId, user_id: userId, file_id: null, folder_id: folderId },
      ...{ parent: '', name, size: null, deleted_at: at, state: 'building' },
    })
    .execute()
  return { folderId, trashId }
}

/** One that may be restored or deleted for ever; null where there is none that was deleted after `since`. */
export async function findTrash(
  unit: UnitOfWork,
  { userId, id, since }: { userId: string; id: string; since: number },
): Promise<TrashRow | null> {
  const row = await transactionOf(unit)
    .selectFrom('trash')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('state', '=', 'kept')
    .where('deleted_at', '>', since)
    .executeTakeFirst()
  return row ?? null
}

/** After what it stood for has a place again. */
export async function forgetTrash(unit: UnitOfWork, id: string): Promise<void> {
  await transactionOf(unit).deleteFrom('trash').where('id', '=', id).execute()
}

/** From now on nobody can have it back. */
export async function condemn(unit: UnitOfWork, id: string): Promise<void> {
  const trash = transactionOf(unit).updateTable('trash').set({ state: 'purging' })
  await trash.where('id', '=', id).execute()
}

export type TrashRepository = ReturnType<typeof createTrashRepository>

/** What was deleted before `since` has expired; epoch milliseconds. */
export function createTrashRepository(database: Database) {
  const keptOf = (userId: string, since: number) =>
    database
      .selectFrom('trash')
      .where('user_id', '=', userId)
      .where('state', '=', 'kept')
      .where('deleted_at', '>', since)

  return {
    /** What was deleted last first. */
    page: (userId: string, since: number, page: { offset: number; limit: number }) =>
      keptOf(userId, since)
        .selectAll()
        .orderBy('deleted_at', 'desc')
        .orderBy(dialectOf(database).orderOfArrival, 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute(),

    async totals(userId: string, since: number): Promise<{ items: number; bytes: number }> {
      const count = sql<number>`count(*)`.as('items')
      const bytes = sql<number>`coalesce(sum(size), 0)`.as('bytes')
      return await keptOf(userId, since).select([count, bytes]).executeTakeFirstOrThrow()
    },

    /** Folders that nobody has measured yet. */
    async unmeasured(userId: string, since: number): Promise<{ id: string; folderId: number }[]> {
      const rows = await keptOf(userId, since)
        .select(['id', 'folder_id'])
        .where('size', 'is', null)
        .execute()
      return rows.map(({ id, folder_id }) => ({ id, folderId: folder_id ?? -1 }))
    },

    async noteSize(id: string, size: number): Promise<void> {
      await database.updateTable('trash').set({ size }).where('id', '=', id).execute()
    },

    ...createCondemned(database),
  }
}

/** What nobody can have back, and is still to be deleted. */
function createCondemned(database: Database) {
  return {
    /** Condemns what was deleted at `until` or before. */
    async condemnExpired(until: number): Promise<void> {
      const expired = database
        .selectFrom('trash')
        .select('id')
        .where('state', '=', 'kept')
        .where('deleted_at', '<=', until)
      // Nothing is written where nothing is to be written.
      if ((await expired.limit(1).execute()).length === 0) return
      await database
        .updateTable('trash')
        .set({ state: 'purging' })
        .where('state', '=', 'kept')
        .where('deleted_at', '<=', until)
        .execute()
    },

    /** Copies that nobody finishes any more; those begun at `until` or before, where others are being made. */
    async condemnUnfinished(until?: number): Promise<void> {
      await database
        .updateTable('trash')
        .set({ state: 'purging' })
        .where('state', '=', 'building')
        .$if(until !== undefined, (query) => query.where('deleted_at', '<=', until ?? 0))
        .execute()
    },

    async nextCondemned(): Promise<TrashRow | null> {
      const row = await database
        .selectFrom('trash')
        .selectAll()
        .where('state', '=', 'purging')
        .orderBy('deleted_at')
        .limit(1)
        .executeTakeFirst()
      return row ?? null
    },
  }
}
