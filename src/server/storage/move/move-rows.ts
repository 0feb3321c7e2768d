import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type { Tables } from '#server/storage/tables.ts'

/** What a row is found by, in the order in which rows are read; null: the order in which they came. */
type Order = readonly string[] | null

/** The tables whose rows go along, each behind those that it names. */
export const movedTables: Partial<Record<keyof Tables, Order>> = {
  user: ['id'],
  session: ['id'],
  account: ['id'],
  verification: ['id'],
  api_key: ['id'],
  idempotency: ['user_id', 'endpoint', 'key'],
  folder: ['id'],
  file: ['id'],
  trash: null,
  share: ['id'],
  share_item: ['share_id', 'place'],
  archive: ['token'],
  archive_page: ['token', 'place'],
  import_task: null,
  subscription: ['id'],
  subscription_entry: ['subscription_id', 'entry'],
  site_cookies: ['user_id', 'site'],
}

type MovedTable = keyof typeof movedTables

const tables = Object.entries(movedTables) as [MovedTable, Order][]
/** A statement takes only so many parameters, and a row has up to 30 columns. */
const rowsAtOnce = 500

export type Counts = Record<string, number>

/** How many rows each table has. */
export async function countRows(database: Database): Promise<Counts> {
  const counts: Counts = {}
  for (const [table] of tables) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(table)}`.execute(database)
    counts[table] = Number(rows[0]?.count)
  }
  return counts
}

/**
 * Copies all rows into a database that has the tables and no account yet, all or none; `tell` hears of
 * each table. Columns that only one of the two knows keep their defaults.
 * @throws Error where an account is there by now, or not all have come
 */
export async function moveRows(
  from: Database,
  to: Database,
  {
    tell,
    alongside,
  }: {
    tell(table: string, rows: number): void
    /** What is written with them, in the same transaction. */
    alongside?(transaction: Transaction<Tables>): Promise<void>
  },
): Promise<Counts> {
  return await to.transaction().execute(async (transaction) => {
    const { moveIn } = dialectOf(transaction)
    await moveIn.begin?.(transaction)
    const found = await transaction.selectFrom('user').select('id').limit(1).executeTakeFirst()
    if (found) throw new Error('There are accounts by now where the rows were to go.')
    const moved: Counts = {}
    for (const [table, order] of tables) {
      moved[table] = await moveTable(from, transaction, { table, order })
      tell(table, moved[table])
    }
    await moveIn.end?.(transaction)
    await alongside?.(transaction)
    const [there, here] = [await countRows(from), await countRows(transaction)]
    for (const [table, count] of Object.entries(there)) {
      if (count === here[table] && count === moved[table]) continue
      throw new Error(
        `Of ${table} there are ${count} rows, and ${here[table]} have come: something else writes there.`,
      )
    }
    return moved
  })
}

async function moveTable(
  from: Database,
  to: Transaction<Tables>,
  { table, order }: { table: MovedTable; order: Order },
): Promise<number> {
  const columns = await sharedColumns(from, to, table)
  let count = 0
  let place: unknown[] | null = null
  for (;;) {
    const rows: Record<string, unknown>[] = await readRows(from, { table, order, columns, place })
    if (rows.length === 0) return count
    const values = rows.map((row) => sql`(${sql.join(columns.map((name) => row[name]))})`)
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
      ${dialectOf(to).moveIn.withIds} values ${sql.join(values)}`.execute(to)
    count += rows.length
    place = (order ?? [arrival]).map((name) => rows.at(-1)?.[name])
  }
}

/** What the order of arrival is called among the columns that are read. */
const arrival = 'move_arrival'

/** The next rows behind a place. */
async function readRows(
  from: Database,
  { table, order, columns, place }: RowsAsked,
): Promise<Record<string, unknown>[]> {
  const { orderOfArrival } = dialectOf(from)
  const keys: RawBuilder<unknown>[] = order?.map((name) => sql.ref(name)) ?? [orderOfArrival]
  const behind = place === null ? sql`` : sql`where (${sql.join(keys)}) > (${sql.join(place)})`
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.join(columns.map((name) => sql.ref(name)))}
      ${order === null ? sql`, ${orderOfArrival} as ${sql.ref(arrival)}` : sql``}
    from ${sql.table(table)} ${behind}
    order by ${sql.join(keys)} limit ${rowsAtOnce}`.execute(from)
  return rows
}

type RowsAsked = { table: MovedTable; order: Order; columns: string[]; place: unknown[] | null }

async function sharedColumns(from: Database, to: Database, table: string): Promise<string[]> {
  const [there, here] = await Promise.all([columnsOf(from, table), columnsOf(to, table)])
  return there.filter((name) => here.includes(name))
}

/** Also of an empty table, and in both databases alike. */
async function columnsOf(database: Database, table: string): Promise<string[]> {
  const known = await database.introspection.getTables()
  const columns = known.find(({ name }) => name === table)?.columns ?? []
  return columns.map(({ name }) => name).filter((name) => name !== 'arrival')
}
