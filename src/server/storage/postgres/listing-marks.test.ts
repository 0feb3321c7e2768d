import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import type { Database } from '#server/storage/database.ts'
import { openTestDatabase } from '#server/testing/test-postgres.ts'

async function addUser(database: Database): Promise<void> {
  const values = { id: 'u', name: 'u', email: 'u', createdAt: '', updatedAt: '' }
  await database.insertInto('user').values(values).execute()
}

const row = (name: string, folder_id: number, at = 0) => ({
  ...{ id: randomUUID(), user_id: 'u', folder_id, name, requested_name: name },
  ...{ folded_name: name, searched_name: name, size: name.length * 7, sha256: '', crc32: null },
  ...{
    blob_id: randomUUID(),
    tracking_id: randomUUID(),
    uploaded_at: at,
    width: null,
    height: null,
  },
})

/** Marks that count other files than lie between them and the next one. */
async function wrongMarks(database: Database): Promise<unknown[]> {
  const orders = [
    ['0', '0::bigint'],
    ['1', 'size'],
    ['2', 'uploaded_at'],
  ]
  const wrong = orders.map(async ([sort = '', value = '']) => {
    const { rows } = await sql
      .raw(`
      with placed as (
        select *, lead((value, folded_name, id)) over (partition by user_id, folder_id order by value, folded_name, id) as next
        from listing_mark where sort = ${sort}
      )
      select folder_id, sort, value, files, (
        select count(*) from file
        where file.user_id = placed.user_id and file.folder_id = placed.folder_id
          and (${value}, file.folded_name, file.id) >= (placed.value, placed.folded_name, placed.id)
          and (next is null or row(${value}, file.folded_name, file.id) < next)
      ) as really from placed`)
      .execute(database)
    return (rows as { files: number; really: number }[]).filter((one) => one.files !== one.really)
  })
  return (await Promise.all(wrong)).flat()
}

test('marks count every file once, in each order, while many writers add, move and delete', async () => {
  await using opened = await openTestDatabase()
  const { database } = opened
  await addUser(database)
  // So that the writers come when marks are halved.
  await sql`
    insert into file select gen_random_uuid(), 'u', 1, 'f' || n, '', 'f' || n * 7919 % 9973, '', n % 13, '',
      '', gen_random_uuid(), n % 5 from generate_series(1, 7900) as n`.execute(database)
  const writers = Array.from({ length: 16 }, async (_, writer) => {
    for (let batch = 0; batch < 5; batch += 1) {
      const rows = Array.from({ length: 10 }, (_, index) =>
        row(
          `f${(index * 797 + batch * 31 + writer) % 997}-${writer}-${batch}`,
          1 + ((index % 5) % 2),
          batch,
        ),
      )
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto('file').values(rows).execute()
        const ids = rows.slice(0, 4).map(({ id }) => id)
        await transaction.updateTable('file').set({ folder_id: 2 }).where('id', 'in', ids).execute()
        await transaction.deleteFrom('file').where('id', 'in', ids.slice(0, 2)).execute()
      })
    }
  })
  await Promise.all(writers)
  expect(await wrongMarks(database)).toEqual([])
  const marks = await database
    .selectFrom('listing_mark')
    .select('sort')
    .where('folder_id', '=', 1)
    .execute()
  // The other orders begin when the first mark by name is halved, and are halved with the next files.
  expect(marks.map(({ sort }) => sort).sort()).toEqual([0, 0, 1, 1, 2, 2])
})

test('a file that goes while a mark is halved is missing in its own half', async () => {
  await using opened = await openTestDatabase()
  const { database } = opened
  await addUser(database)
  await sql`
    insert into file select gen_random_uuid(), 'u', 1, 'f' || n, '', 'f' || n, '', 1, '', '',
      gen_random_uuid(), 0 from generate_series(1, 7999) as n`.execute(database)
  let second: Promise<unknown> = Promise.resolve()
  await database.transaction().execute(async (transaction) => {
    await transaction.insertInto('file').values(row('a', 1)).execute()
    second = database.deleteFrom('file').where('name', '=', 'f999').execute()
    await vi.waitFor(async () => expect(await waiting(database)).toBe(1), { timeout: 30_000 })
  })
  await second
  expect(await wrongMarks(database)).toEqual([])
})

/** How many statements wait for a lock. */
async function waiting(database: Database): Promise<number> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
  `.execute(database)
  return rows.length
}
