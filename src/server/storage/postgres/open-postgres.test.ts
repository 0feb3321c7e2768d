import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import {
  emptyTestDatabase,
  freshTestDatabase,
  openTestDatabase,
} from '#server/testing/test-postgres.ts'
import { openPostgres } from './open-postgres.ts'
import { createPool } from './postgres-pool.ts'

const open = (url: string) => openPostgres({ url, maxConnections: 2 })

/** The line with which an address is refused. */
async function refusal(url: string): Promise<string> {
  const error = await open(url).then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error).toMatchObject({ name: 'ConfigError' })
  expect(error?.message).not.toContain('\n')
  expect(error?.message).not.toContain(new URL(url).password || 'no password')
  return error?.message ?? ''
}

test('eight servers that start at once on an empty database all find the same tables', async () => {
  await using empty = await emptyTestDatabase()
  const opened = await Promise.all(Array.from({ length: 8 }, () => open(empty.url)))
  for (const database of opened) {
    expect(await database.selectFrom('file').selectAll().execute()).toEqual([])
    const { rows } = await sql`select version from schema_version`.execute(database)
    expect(rows).toHaveLength(1)
    await database.destroy()
  }
})

test('a database of a newer version is refused in a line, and stays as it is', async () => {
  await using fresh = await freshTestDatabase()
  const database = await open(fresh.url)
  await sql`update schema_version set version = 1000`.execute(database)
  expect(await refusal(fresh.url)).toMatch(/written by a newer version .* format is 1000/)
  const { rows } = await sql`select version from schema_version`.execute(database)
  expect(rows).toEqual([{ version: 1000 }])
  await database.destroy()
})

test('a machine whose clock is minutes off that of the database is refused, and nothing was made', async () => {
  await using empty = await emptyTestDatabase()
  const { now } = Date
  for (const ms of [-120_000, 120_000]) {
    vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
    expect(await refusal(empty.url)).toMatch(/are 120 seconds apart\. Set both by a time server/)
    vi.mocked(Date.now).mockRestore()
  }
  const pool = await createPool({ url: empty.url, maxConnections: 1 })
  const { rows } = await pool.query(`select to_regclass('file') as made`)
  await pool.end()
  expect(rows).toEqual([{ made: null }])
})

test('an address that leads nowhere, to nobody, or to no database is refused in a line that says so', async () => {
  await using fresh = await freshTestDatabase()
  const other = (change: Partial<URL>) => Object.assign(new URL(fresh.url), change).href
  expect(await refusal(other({ port: '1' }))).toContain('See that PostgreSQL runs there')
  expect(await refusal(other({ hostname: 'nowhere.invalid' }))).toContain('can be reached')
  expect(await refusal(other({ password: 'wrong' }))).toContain('Set the right name and password')
  expect(await refusal(other({ pathname: '/absent' }))).toContain('Make the database')
})

test('a user who may not make tables, or not write to them, is refused, and nothing was made', async () => {
  await using empty = await emptyTestDatabase()
  await using fresh = await freshTestDatabase()
  const owner = await open(fresh.url)
  const name = `reader_${Date.now()}`
  await sql.raw(`create role ${name} login password 'reads'`).execute(owner)
  await sql.raw(`grant select on all tables in schema public to ${name}`).execute(owner)
  const as = (url: string) =>
    Object.assign(new URL(url), { username: name, password: 'reads' }).href
  expect(await refusal(as(empty.url))).toContain(`Let ${name} make and change tables there`)
  expect(await refusal(as(fresh.url))).toContain('has no right to insert, update, delete')
  await sql.raw(`drop owned by ${name}`).execute(owner)
  await owner.destroy()
})

test('texts are sorted by their bytes, and numbers of 64 bits are numbers', async () => {
  await using opened = await openTestDatabase()
  const { rows } = await sql`
    select array_agg(name order by name) as names, sum(size) as bytes from (
      values ('a' collate "C", 9007199254740991::bigint - 3), ('B', 1), ('é', 1), ('z', 1)
    ) as file (name, size)`.execute(opened.database)
  expect(rows).toEqual([{ names: ['B', 'a', 'z', 'é'], bytes: Number.MAX_SAFE_INTEGER }])
})

test('a transaction that is in the way of another one begins anew and comes true', async () => {
  await using opened = await openTestDatabase()
  const { database } = opened
  await sql`insert into setting values ('a', ''), ('b', '')`.execute(database)
  const both = Promise.withResolvers<void>()
  let begun = 0
  const write = (first: string, second: string) =>
    database.transaction().execute(async (transaction) => {
      const add = (name: string) =>
        sql`update setting set value = value || 'x' where name = ${name}`.execute(transaction)
      await add(first)
      begun += 1
      if (begun === 2) both.resolve()
      await both.promise
      await add(second)
    })
  await Promise.all([write('a', 'b'), write('b', 'a')])
  const { rows } = await sql`select value from setting order by name`.execute(database)
  expect(rows).toEqual([{ value: 'xx' }, { value: 'xx' }])
  expect(begun).toBe(3)
})
