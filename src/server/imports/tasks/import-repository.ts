import { type ImportNote, type TaskState, videoOptions } from '#contract/imports.ts'
import type { Clock } from '#server/core/clock.ts'
import type { UnitOfWork, WriteAlongside } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf, unitOf } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type {
  FoundImportTask,
  ImportEnd,
  ImportTaskRecord,
  ImportTasks,
  ImportType,
  NewImportTask,
  ProgressReading,
} from './import-tasks.ts'

/** How long a task can be asked for once it has ended. */
const keptForMs = 7 * 86_400_000

type Claim = {
  reading: ProgressReading | null
  cancel: AbortController
  released: PromiseWithResolvers<void>
}

/** Tasks in the database, and claims in this process: they end with it, and so does the work. */
export function createImportTasks(database: Database, clock: Clock): ImportTasks {
  const { claims, release } = createClaims()

  async function find(id: string): Promise<ImportTaskRecord | null> {
    const row = await selectTask(database, id)
    return row === undefined ? null : recordOf(row)
  }

  const found = (row: TaskRow): FoundImportTask => ({
    task: recordOf(row),
    reading: claims.get(row.id)?.reading ?? null,
  })

  async function end(id: string, how: ImportEnd, unit?: UnitOfWork): Promise<void> {
    await (unit ? transactionOf(unit) : database)
      .updateTable('import_task')
      .set({ ...columnsOf(how), updated_at: clock.now() })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .execute()
  }

  return {
    add: (task, alongside) => insertTask(database, newRow(task, clock.now()), alongside),
    async find(id) {
      const row = await selectTask(database, id)
      return row === undefined ? null : found(row)
    },
    async list(userId, { offset, limit }) {
      return (await selectOwn(database, userId).offset(offset).limit(limit).execute()).map(found)
    },
    async findAll(userId, ids) {
      return (
        await selectOwn(database, userId)
          .where('id', 'in', [...ids])
          .execute()
      ).map(found)
    },
    unfinished: () => selectUnfinished(database),
    async setType(id, type) {
      await database.updateTable('import_task').set({ type }).where('id', '=', id).execute()
    },
    async claim(id) {
      if (claims.has(id)) return null
      const cancel = new AbortController()
      // Before the row is read, so that a cancellation meanwhile reaches this worker.
      claims.set(id, { reading: null, cancel, released: Promise.withResolvers() })
      try {
        const task = await find(id)
        if (task?.state === 'running') return { task, cancelled: cancel.signal }
      } catch (error) {
        release(id)
        throw error
      }
      release(id)
      return null
    },
    async heartbeat(id) {
      return claims.get(id)?.cancel.signal.aborted === false
    },
    async progress(id, reading) {
      const claim = claims.get(id)
      if (claim !== undefined) claim.reading = reading
    },
    async cancel(id) {
      const claim = claims.get(id)
      const reached = reachedBy(claim?.reading)
      claim?.cancel.abort()
      await claim?.released.promise
      await end(id, { state: 'cancelled', ...reached })
    },
    async finish(id, how, unit) {
      const reached = how.state === 'completed' ? {} : reachedBy(claims.get(id)?.reading)
      await end(id, { ...how, ...reached }, unit)
    },
    // Nobody would: this process has it from its start only.
    triesAgain: () => false,
    release: async (id) => release(id),
  }
}

function createClaims() {
  const claims = new Map<string, Claim>()
  return {
    claims,
    release(id: string): void {
      claims.get(id)?.released.resolve()
      claims.delete(id)
    },
  }
}

/** What a task that did not complete keeps: how far it came, and its title. */
export function reachedBy(reading: ProgressReading | null | undefined) {
  if (!reading) return {}
  return { progress: Math.floor(reading.percent ?? 0), title: reading.title }
}

export async function insertTask(
  database: Database,
  row: ReturnType<typeof newRow>,
  alongside?: WriteAlongside,
): Promise<void> {
  const oldest = row.created_at - keptForMs
  await database.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom('import_task')
      .where('state', 'in', ['completed', 'failed', 'cancelled'])
      // By its beginning, which is indexed, and then by its end.
      .where('created_at', '<', oldest)
      .where('updated_at', '<', oldest)
      .execute()
    await transaction.insertInto('import_task').values(row).execute()
    await alongside?.(unitOf(transaction))
  })
}

export async function selectTask(database: Database, id: string) {
  return await database
    .selectFrom('import_task')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
}

export async function selectUnfinished(database: Database) {
  return await database
    .selectFrom('import_task')
    .select(['id', 'user_id as userId', 'key_id as keyId'])
    .where('state', '=', 'running')
    .orderBy(dialectOf(database).orderOfArrival)
    .execute()
}

export type TaskRow = NonNullable<Awaited<ReturnType<typeof selectTask>>>

export function selectOwn(database: Database, userId: string) {
  return database
    .selectFrom('import_task')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy(dialectOf(database).orderOfArrival, 'desc')
}

export function newRow(task: NewImportTask, now: number) {
  return {
    id: task.id,
    user_id: task.userId,
    key_id: task.keyId,
    requested_type: task.requestedType,
    type: task.type,
    url: task.url,
    folder: task.folder,
    file_name: task.fileName,
    video_json: JSON.stringify(task.video),
    state: 'running',
    progress: 0,
    created_at: now,
    updated_at: now,
  }
}

export function recordOf(row: TaskRow): ImportTaskRecord {
  return {
    id: row.id,
    userId: row.user_id,
    keyId: row.key_id,
    requestedType: row.requested_type as NewImportTask['requestedType'],
    type: row.type as ImportType | null,
    url: row.url,
    folder: row.folder as NewImportTask['folder'],
    fileName: row.file_name as NewImportTask['fileName'],
    video: videoOptions.parse(JSON.parse(row.video_json)),
    state: row.state as TaskState,
    createdAt: row.created_at,
    progress: row.progress,
    title: row.title,
    error: row.error === null ? null : { code: row.error_code, message: row.error },
    notes: row.notes_json === null ? [] : (JSON.parse(row.notes_json) as ImportNote[]),
    link: row.result_link,
    resultFolder: row.result_folder,
  }
}

export function columnsOf({ error, notes, link, resultFolder, ...end }: ImportEnd) {
  return {
    ...end,
    ...(error && { error: error.message, error_code: error.code }),
    ...(notes && { notes_json: JSON.stringify(notes) }),
    ...(link !== undefined && { result_link: link }),
    ...(resultFolder !== undefined && { result_folder: resultFolder }),
  }
}
