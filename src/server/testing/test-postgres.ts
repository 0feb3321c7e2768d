import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { Database } from '#server/storage/database.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { createPool } from '#server/storage/postgres/postgres-pool.ts'

export type TestDatabase = AsyncDisposable & {
  readonly url: string
  /** What it is like when nobody reaches it: connections end, and there are no new ones. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
}

/** Of the PostgreSQL of this run, which is started for the first who asks. */
let admin: Promise<string> | undefined

async function adminUrl(): Promise<string> {
  admin ??= fetch(new URL('postgres', inject('engines' as never))).then(async (answer) => {
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return text
  })
  return await admin
}

/** A database that nothing is in, not even tables. Its language sorts other than by bytes. */
export async function emptyTestDatabase(): Promise<TestDatabase> {
  return await createDatabase(`template0 locale_provider icu icu_locale 'en-US' locale 'C'`)
}

/** A database of its own with all tables, copied: making them takes ten times as long. */
export async function freshTestDatabase(): Promise<TestDatabase> {
  await makeTemplate()
  return await createDatabase(templateName)
}

/** The same, opened. */
export async function openTestDatabase(): Promise<AsyncDisposable & { database: Database }> {
  const fresh = await freshTestDatabase()
  const database = await openPostgres({ url: fresh.url, maxConnections: 10 })
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

const templateName = 'barkeep_template'
let template: Promise<void> | undefined

/** Another worker may make it at the same time. */
async function makeTemplate(): Promise<void> {
  template ??= asAdmin(async (run) => {
    await run('select pg_advisory_lock(1)')
    const known = await run(`select 1 from pg_database where datname = '${templateName}'`)
    if (known.length > 0) return
    const draft = `draft_${randomUUID().replaceAll('-', '')}`
    await run(
      `create database ${draft} template template0 locale_provider icu icu_locale 'en-US' locale 'C'`,
    )
    const url = urlOf(await adminUrl(), draft)
    await (await openPostgres({ url, maxConnections: 1 })).destroy()
    await run(`alter database ${draft} rename to ${templateName}`)
  })
  await template
}

async function createDatabase(from: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin((run) => run(`create database ${name} template ${from}`))
  return {
    url: urlOf(await adminUrl(), name),
    goAway: () =>
      asAdmin(async (run) => {
        await run(`alter database ${name} allow_connections false`)
        await run(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        )
      }),
    comeBack: () =>
      asAdmin(async (run) => void (await run(`alter database ${name} allow_connections true`))),
    [Symbol.asyncDispose]: () =>
      asAdmin(async (run) => void (await run(`drop database ${name} with (force)`))),
  }
}

function urlOf(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: database }).href
}

async function asAdmin<Result>(
  work: (run: (text: string) => Promise<unknown[]>) => Promise<Result>,
): Promise<Result> {
  const pool = await createPool({ url: await adminUrl(), maxConnections: 1 })
  const client = await pool.connect()
  try {
    return await work(async (text) => (await client.query(text)).rows)
  } finally {
    client.release(true)
    await pool.end()
  }
}
