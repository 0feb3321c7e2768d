import { type RawBuilder, sql } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type { FoundName, NameQuery, NameSearch } from '#server/storage/name-search.ts'
import { compareFound, type Found, tierOf } from '#server/storage/rank-names.js'

/** So many names that match are put in order, as in the embedded store. */
const maxFound = 1_000
/** Those that match come in pieces; so many are passed over that are elsewhere: in the trash, or in another folder. */
const atOnce = 5_000
const maxPassed = 50_000

type Candidate = {
  row: string
  folder_id: number
  text: string
  key: string
  name: string
  size: number
  tracking_id: string
  uploaded_at: number
}

type Match = Found & { item: FoundName }

/** Searches names by an index of trigrams where the database has one, else by looking through those of the user. */
export function createPostgresNameSearch(database: Database): NameSearch {
  return {
    async find(query) {
      const root = await findRoot(database, query)
      if (root === null) return null
      const found: Match[] = []
      if (query.words.length > 0) {
        if (query.kind !== 'folder')
          found.push(...(await matchesOf(database, { table: 'file', query, root })))
        if (query.kind !== 'file')
          found.push(...(await matchesOf(database, { table: 'folder', query, root })))
      }
      found.sort(compareFound)
      const page = found.slice(query.offset, query.offset + query.limit)
      return { items: page.map(({ item }) => item), total: found.length }
    },
    async close() {},
  }
}

/** The id of the folder to look in; null where there is none. */
async function findRoot(
  database: Database,
  { userId, folders }: NameQuery,
): Promise<number | null> {
  let found = 0
  for (const name of folders) {
    const row = await database
      .selectFrom('folder')
      .select('id')
      .where('user_id', '=', userId)
      .where('parent_id', '=', found)
      .where('name', '=', name)
      .executeTakeFirst()
    if (row === undefined) return null
    found = row.id
  }
  return found
}

type Search = { table: 'file' | 'folder'; query: NameQuery; root: number }

/** Names that begin with what is looked for apart from the others: of those there may be too many. */
async function matchesOf(database: Database, search: Search): Promise<Match[]> {
  const { phrase } = search.query
  const isStart = sql<boolean>`(searched_name >= ${phrase} and searched_name < ${`${phrase}\u{10ffff}`})`
  const first = await someMatches(database, search, isStart)
  return [...first, ...(await someMatches(database, search, sql<boolean>`not ${isStart}`))]
}

async function someMatches(
  database: Database,
  { table, query, root }: Search,
  which: RawBuilder<boolean>,
): Promise<Match[]> {
  const top = `/${query.folders.map((name) => `${name}/`).join('')}`
  const found: Match[] = []
  let passed = 0
  for (let offset = 0; ; offset += atOnce) {
    const rows = await candidates(database, table, query, { which, offset })
    const places = await placesOf(database, rows, { root, top })
    for (const row of rows) {
      const place = places.get(row.folder_id)
      if (place === undefined) passed += 1
      else found.push(matchOf(table, row, place, query))
      if (found.length === maxFound || passed === maxPassed) return found
    }
    if (rows.length < atOnce) return found
  }
}

function matchOf(
  table: 'file' | 'folder',
  candidate: Candidate,
  place: string,
  { words, phrase }: NameQuery,
): Match {
  const { row, text, key, name, size, tracking_id: trackingId, uploaded_at: uploadedAt } = candidate
  const tier = tierOf(text, words, phrase)
  const item: FoundName =
    table === 'folder'
      ? { kind: table, name, path: `${place}${name}/` }
      : { kind: table, name, path: place + name, size, trackingId, uploadedAt }
  return { table, row, place, text, key, tier, item }
}

/** Some names that have all the words: of files the newest first. */
async function candidates(
  database: Database,
  table: 'file' | 'folder',
  { userId, words, endings }: NameQuery,
  { which, offset }: { which: RawBuilder<boolean>; offset: number },
): Promise<Candidate[]> {
  const tests = words.map(
    (word) => sql`searched_name like ${`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`}`,
  )
  if (table === 'file' && endings.length > 0) {
    // Each begins with a dot, and has letters and digits only.
    tests.push(
      sql`searched_name ~ ${`\\.(${endings.map((ending) => ending.slice(1)).join('|')})$`}`,
    )
  }
  const has = sql.join(tests, sql` and `)
  const { rows } = await (table === 'file'
    ? sql<Candidate>`
      select id as row, folder_id, searched_name as text, folded_name as key, name, size, tracking_id, uploaded_at
      from file where user_id = ${userId} and folder_id is not null and ${which} and ${has}
      order by uploaded_at desc, id limit ${atOnce} offset ${offset}`
    : sql<Candidate>`
      select cast(id as text) as row, parent_id as folder_id, searched_name as text, folded_name as key, name,
        0 as size, '' as tracking_id, 0 as uploaded_at
      from folder where user_id = ${userId} and parent_id is not null and ${which} and ${has}
      order by searched_name, id limit ${atOnce} offset ${offset}`
  ).execute(database)
  return rows
}

/** The paths of the folders that these are in; those that are not `root`, nor below it, are left out. */
async function placesOf(
  database: Database,
  rows: readonly Candidate[],
  { root, top }: { root: number; top: string },
): Promise<Map<number, string>> {
  const places = new Map([[root, top]])
  const ids = [...new Set(rows.map(({ folder_id }) => folder_id))].filter((id) => id > 0)
  if (ids.length === 0) return places
  const wanted = dialectOf(database).numbersOf(sql`${JSON.stringify(ids)}`)
  const { rows: found } = await sql<{ id: number; path: string }>`
    with recursive up (id, parent_id, path) as (
      select id, parent_id, name || '/' from folder where id in ${wanted} and id <> ${root}
      union all
      select up.id, folder.parent_id, folder.name || '/' || up.path
      from up join folder on folder.id = up.parent_id where up.parent_id <> ${root}
    )
    select id, path from up where parent_id = ${root}`.execute(database)
  for (const { id, path } of found) places.set(id, top + path)
  return places
}
