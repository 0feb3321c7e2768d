import { type RawBuilder, sql } from 'kysely'
import type { AccessHolder } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure, isStorageFailure } from '#server/core/failure.ts'
import { LockLost } from '#server/core/locks.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'
import { createHeldLeases, type HeldLease, type HeldLeases } from './held-leases.ts'
import {
  columnsOf,
  insertTask,
  newRow,
  reachedBy,
  recordOf,
  selectOwn,
  selectTask,
  selectUnfinished,
  type TaskRow,
} from './import-repository.ts'
import type {
  FoundImportTask,
  ImportClaim,
  ImportEnd,
  ImportTasks,
  ProgressReading,
} from './import-tasks.ts'
import { beat, leaseMs, nextTask, ownForMs } from './lease-queries.ts'

const maxAttempts = 5
/** After the database or the bucket failed. */
const retryMs = 10_000

/** `hasWaited`: it did not begin as soon as it was asked for. */
export type LeasedClaim = ImportClaim & { hasWaited: boolean }

/** Tasks that any of several servers may work on. */
export type LeasedTasks = ImportTasks & {
  /** Takes the next task, of whoever has the fewest that are worked on; null where none waits. */
  claimNext(of?: AccessHolder): Promise<LeasedClaim | null>
  /** Whose tasks wait for a worker. */
  waitingHolders(): Promise<AccessHolder[]>
}

type Options = {
  /** Names this process, among all that there were. */
  owner: string
  clock: Clock
  warn(error: unknown): void
}

type LeaseColumns = {
  lease_until: number | null
  lease_token: number
  attempts: number
  added_at: number
  reading_json: string | null
}
type LeasedRow = TaskRow & LeaseColumns

type Context = { database: Database; owner: string; clock: Clock; leases: HeldLeases }

/**
 * Tasks in a database that several servers have. Whoever works on one holds a lease with a number that is his
 * alone; taking over and cancelling raise it, and an end with an old number comes true nowhere.
 */
export function createLeasedTasks(
  database: Database,
  { owner, clock, warn }: Options,
): LeasedTasks {
  const leases = createHeldLeases({ clock, warn, beat: (held) => beat(database, held) })
  const context = { database, owner, clock, leases }
  return { ...createReads(context), ...createClaims(context), ...createEnds(context) }
}

function createReads({ database, owner, clock, leases }: Context) {
  const found = (row: TaskRow): FoundImportTask => ({
    task: recordOf(row),
    reading: leases.get(row.id)?.reading ?? readingOf(row as LeasedRow),
  })

  return {
    add: (task, alongside) =>
      insertTask(database, newRow(task, clock.now()), async (unit) => {
        const transaction = transactionOf(unit)
        await sql`update import_task set lease_owner = ${owner} where id = ${task.id}`.execute(
          transaction,
        )
        await alongside?.(unit)
      }),
    async find(id) {
      const row = await selectTask(database, id)
      return row === undefined ? null : found(row)
    },
    async list(userId, { offset, limit }) {
      return (await selectOwn(database, userId).offset(offset).limit(limit).execute()).map(found)
    },
    async findAll(userId, ids) {
      const own = selectOwn(database, userId)
      return (await own.where('id', 'in', [...ids]).execute()).map(found)
    },
    unfinished: () => selectUnfinished(database),
    async setType(id, type) {
      await database.updateTable('import_task').set({ type }).where('id', '=', id).execute()
    },
  } satisfies Partial<LeasedTasks>
}

function createClaims({ database, owner, clock, leases }: Context) {
  /** Takes one that nobody works on and that `which` chooses; null where none is there. */
  async function take(which: RawBuilder<string>): Promise<LeasedRow | null> {
    const { rows } = await sql<LeasedRow>`
      update import_task set
        lease_owner = ${owner}, lease_until = server_now() + ${leaseMs},
        lease_token = lease_token + 1, attempts = attempts + 1, reading_json = null
      where id = (${which}) returning *`.execute(database)
    return rows[0] ?? null
  }

  function claimed(lease: HeldLease, row: LeasedRow): LeasedClaim {
    lease.token = row.lease_token
    const hasWaited = row.attempts > 1 || clock.now() - row.created_at > ownForMs.other
    return { task: recordOf(row), cancelled: lease.lost.signal, hasWaited }
  }

  return {
    async claim(id) {
      if (leases.get(id) !== undefined) return null
      // Before the row is taken, so that a cancellation meanwhile reaches this worker.
      const lease = leases.hold(id)
      try {
        const row = await take(sql`
          select id from import_task where id = ${id} and state = 'running'
            and (lease_until is null or lease_until < server_now()) for update skip locked`)
        if (row !== null) return claimed(lease, row)
      } catch (error) {
        leases.drop(id)
        throw error
      }
      leases.drop(id)
      return null
    },

    async claimNext(of) {
      for (;;) {
        const beganAt = clock.monotonic()
        const row = await take(nextTask(owner, { busy: leases.ids(), of }))
        if (row === null) return null
        if (row.attempts <= maxAttempts) return claimed(leases.hold(row.id, beganAt), row)
        const { id, lease_token: token } = row
        await endTask({ database, clock }, { id, token }, { state: 'failed', error: triedTooOften })
      }
    },

    async waitingHolders() {
      const { rows } = await sql<AccessHolder>`
        select distinct user_id as "userId", key_id as "keyId" from import_task
        where state = 'running' and (lease_until is null or lease_until < server_now())`.execute(
        database,
      )
      return rows
    },

    async heartbeat(id) {
      const lease = leases.get(id)
      if (lease === undefined || lease.lost.signal.aborted) return false
      return (await beat(database, [[id, lease]])).has(id)
    },

    async progress(id, reading) {
      const lease = leases.get(id)
      if (lease !== undefined) lease.reading = reading
    },

    triesAgain(id, error) {
      const lease = leases.get(id)
      if (lease === undefined || !isPassing(error)) return false
      lease.hasFailed = true
      return true
    },

    async release(id) {
      const lease = leases.get(id)
      if (lease === undefined) return
      leases.drop(id)
      // For others at once, and no attempt that failed; or once the store may work again.
      const [until, attempts] = lease.hasFailed
        ? [sql`server_now() + ${retryMs}`, 0]
        : [sql`null`, 1]
      await sql`
        update import_task set
          lease_owner = null, lease_until = ${until}, attempts = attempts - ${attempts},
          reading_json = null
        where id = ${id} and lease_token = ${lease.token} and state = 'running'`.execute(database)
    },
  } satisfies Partial<LeasedTasks>
}

function createEnds({ database, clock, leases }: Context) {
  return {
    async cancel(id) {
      const lease = leases.get(id)
      lease?.lost.abort()
      await lease?.released.promise
      const row = (await selectTask(database, id)) as LeasedRow | undefined
      const reached = reachedBy(lease?.reading ?? (row ? readingOf(row) : null))
      await database
        .updateTable('import_task')
        .set({ state: 'cancelled', ...reached, updated_at: clock.now() })
        // Whoever works on it elsewhere can end it no more, and notices with his next beat.
        .set(sql`lease_token`, sql`lease_token + 1`)
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute()
    },

    async finish(id, how, unit) {
      const lease = leases.get(id)
      const reached = how.state === 'completed' ? {} : reachedBy(lease?.reading)
      const held = { id, token: lease?.token ?? null }
      const isEnded = await endTask({ database, clock }, held, { ...how, ...reached }, unit)
      if (unit === undefined || isEnded) return
      // What was fetched must not be listed by two.
      lease?.lost.abort()
      throw new LeaseLost()
    },
  } satisfies Partial<LeasedTasks>
}

/** @returns whether it has ended by this; `token` is null where nobody works on it */
async function endTask(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { id, token }: { id: string; token: number | null },
  how: ImportEnd,
  unit?: UnitOfWork,
): Promise<boolean> {
  const { numUpdatedRows } = await (unit ? transactionOf(unit) : database)
    .updateTable('import_task')
    .set({ ...columnsOf(how), updated_at: clock.now() })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .$if(token !== null, (query) => query.where(sql`lease_token`, '=', token))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const triedTooOften = {
  code: 'server_error',
  message: `It was begun ${maxAttempts} times, and each time its server ended or its storage failed. Start it again.`,
}

/** What a database or a bucket fails may work in a while; what this machine's disk refuses, it refuses again. */
function isPassing(error: unknown): boolean {
  if (error instanceof LockLost) return true
  const reason = error instanceof ApiFailure ? error.cause : error
  return reason instanceof Error && isStorageFailure(reason) && !('syscall' in reason)
}

/** Somebody else works on the task, or it was cancelled. */
class LeaseLost extends Error {
  override name = 'LeaseLost'
  constructor() {
    super('Another server has taken this import over, or it was cancelled.')
  }
}

/** What the server that works on it last told. */
function readingOf({ state, reading_json }: LeasedRow): ProgressReading | null {
  return state === 'running' && reading_json !== null ? JSON.parse(reading_json) : null
}
