import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import { hold } from '#server/storage/dialect.ts'

const secretName = 'session secret'

/** The secret that all servers sign cookies with: whoever starts first makes it. */
export async function readSharedSecret(database: Database): Promise<string> {
  const name = secretName
  const made = randomBytes(32).toString('base64url')
  await sql`insert into setting values (${name}, ${made}) on conflict do nothing`.execute(database)
  const { rows } = await sql<{ value: string }>`
    select value from setting where name = ${name}`.execute(database)
  return rows[0]?.value ?? made
}

/** The secret of where everything was before: sessions go on. */
export async function takeOverSecret(database: Database, secret: string): Promise<void> {
  await sql`insert into setting values (${secretName}, ${secret})
    on conflict (name) do update set value = excluded.value`.execute(database)
}

/** Runs `work` while no other server runs any of that name; who waits begins when it has ended, however it did. */
export async function onceAtATime<Result>(
  database: Database,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return await database.transaction().execute(async (transaction) => {
    // It waits, and then does nothing here, for as long as the work takes.
    await sql`select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),
      set_config('idle_in_transaction_session_timeout', '0', true)`.execute(transaction)
    await hold(transaction, name)
    return await work()
  })
}
