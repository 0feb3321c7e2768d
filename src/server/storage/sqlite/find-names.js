import { compareFound, tierOf } from '#server/storage/rank-names.js'
import { createPlaces, filesBelow, findFolder, prepareRows } from './search-folders.js'

/**
 * @typedef {import('#server/storage/name-search.ts').NameQuery} NameQuery
 * @typedef {import('#server/storage/rank-names.js').Found} Found
 * @typedef {import('./search-folders.js').Rows} Rows
 * @typedef {'file' | 'folder'} Table
 */

/**
 * So many names that match are put in order, of those that begin with what is looked for and of the
 * others: a search is bounded, however many there are.
 */
const maxFound = 1_000
/** So many more are passed over that are elsewhere: in the trash, in another folder, of another kind. */
const maxPassed = 50_000
/** In characters: shorter words are in no list. */
const trigram = 3
const maxTrigrams = 12
const columns = { file: 'file.rowid, folder_id', folder: 'id, parent_id' }
const texts = 'searched_name, folded_name'

/**
 * Makes the search for names. It gives the page that is asked for and how many names were found; null
 * where there is no such folder.
 *
 * @param {import('node:sqlite').DatabaseSync} database
 */
export function createFinder(database) {
  const rows = prepareRows(database)

  return (/** @type {NameQuery} */ query) => {
    const root = findFolder(rows, query)
    if (root === null) return null
    const placeOf = createPlaces(rows, root, query.folders)
    /** @type {Map<string, Found>} */
    const found = new Map()
    for (const { table, stream } of streamsOf(rows, query, root)) {
      for (const one of takeMatches({ table, stream, query, placeOf })) {
        found.set(`${table} ${one.row}`, one)
      }
    }
    const best = [...found.values()].sort(compareFound)
    const page = best.slice(query.offset, query.offset + query.limit)
    return { items: page.map((one) => readItem(rows, one)), total: best.length }
  }
}

/**
 * What may match, in several streams.
 *
 * @param {Rows} rows
 * @param {NameQuery} query
 * @param {number} root
 * @returns {Generator<{ table: Table, stream: Iterable<any[]> }>}
 */
function* streamsOf(rows, query, root) {
  if (query.words.length === 0) return
  if (query.kind !== 'folder') {
    const below = filesBelow(rows, query.userId, root)
    if (below !== null) yield { table: 'file', stream: below }
    else {
      yield { table: 'file', stream: namesFrom(rows, 'file', query) }
      const indexed = fromTrigrams(rows, query)
      if (indexed === null) yield { table: 'file', stream: scan(rows, 'file', query) }
      else {
        yield { table: 'file', stream: newFiles(rows, query) }
        yield { table: 'file', stream: indexed }
      }
    }
  }
  if (query.kind !== 'file') {
    yield { table: 'folder', stream: namesFrom(rows, 'folder', query) }
    yield { table: 'folder', stream: scan(rows, 'folder', query) }
  }
}

/**
 * Names that begin with what is looked for.
 *
 * @param {Rows} rows
 * @param {Table} table
 * @param {NameQuery} query
 */
function namesFrom(rows, table, { userId, phrase, endings }) {
  const ends = endsTest(table === 'file' ? endings : [])
  return rows(
    `select ${columns[table]}, ${texts} from ${table}
    where user_id = ? and searched_name >= ? and searched_name < ? ${ends.test} order by searched_name`,
    ...[userId, phrase, `${phrase}\u{10ffff}`, ...ends.values],
  )
}

/**
 * Asks for the endings in the index itself: a row of another kind need not be read at all.
 *
 * @param {string[]} endings None for any.
 */
function endsTest(endings) {
  const tests = [...Map.groupBy(endings, ({ length }) => length)].map(([length, some]) => ({
    test: `substr(searched_name, -${length}) in (${some.map(() => '?').join(', ')})`,
    values: some,
  }))
  const test = tests.map((one) => one.test).join(' or ')
  return { test: test && `and (${test})`, values: tests.flatMap(({ values }) => values) }
}

/**
 * The newest first; null where no word is long enough.
 *
 * @param {Rows} rows
 * @param {NameQuery} query
 */
function fromTrigrams(rows, { userId, words, endings }) {
  const grams = trigramsOf(words)
  if (grams.length === 0) return null
  const [others] = rows(
    'select 1 from file where user_id < ? or user_id > ? limit 1',
    userId,
    userId,
  )
  // The list of all that a user has is long: only where it keeps others out.
  if (others !== undefined) grams.unshift(userId.slice(-trigram))
  const needed = grams.map(quote)
  const ends = new Set(endings.map((ending) => quote(ending.slice(-trigram))))
  if (ends.size > 0) needed.push(`(${[...ends].join(' OR ')})`)
  return rows(
    `select ${columns.file}, ${texts} from file_search cross join file on file.rowid = file_search.rowid
    where file_search match ? and user_id = ? order by file_search.rowid desc`,
    ...[needed.join(' AND '), userId],
  )
}

/** @param {string} gram */
function quote(gram) {
  return `"${gram.replaceAll('"', '""')}"`
}

/**
 * Those that are not in the index yet.
 *
 * @param {Rows} rows
 * @param {NameQuery} query
 */
function newFiles(rows, { userId }) {
  return rows(
    `select ${columns.file}, ${texts} from file
    where rowid > (select indexed_to from search_state) and +user_id = ? order by rowid desc`,
    userId,
  )
}

/** @param {string[]} words */
function trigramsOf(words) {
  /** @type {Set<string>} */
  const grams = new Set()
  for (const word of words) {
    const letters = [...word]
    const last = letters.length - trigram
    for (let at = 0; at < last; at += trigram) grams.add(letters.slice(at, at + trigram).join(''))
    if (last >= 0) grams.add(letters.slice(last).join(''))
  }
  return [...grams].slice(0, maxTrigrams)
}

/**
 * All names that have the words, by looking through the index.
 *
 * @param {Rows} rows
 * @param {Table} table
 * @param {NameQuery} query
 */
function scan(rows, table, { userId, words, endings }) {
  const ends = endsTest(table === 'file' ? endings : [])
  const tests = words.map(() => 'instr(searched_name, ?) > 0')
  return rows(
    `select ${columns[table]}, ${texts} from ${table}
    where user_id = ? and ${tests.join(' and ')} ${ends.test} order by searched_name`,
    ...[userId, ...words, ...ends.values],
  )
}

/**
 * @param {{ table: Table, stream: Iterable<any[]>, query: NameQuery,
 *   placeOf: (folderId: number | null) => string | null }} search
 * @returns {Generator<Found>}
 */
function* takeMatches({ table, stream, query, placeOf }) {
  const { words, phrase } = query
  const endings = table === 'file' ? query.endings : []
  let [taken, passed] = [0, 0]
  for (const [row, folderId, text, key] of stream) {
    if (!words.every((word) => text.includes(word))) continue
    const place = endsIn(text, endings) ? placeOf(folderId) : null
    if (place === null) passed += 1
    else {
      taken += 1
      yield { table, row, place, text, key, tier: tierOf(text, words, phrase) }
    }
    if (taken === maxFound || passed === maxPassed) return
  }
}

/**
 * @param {string} text
 * @param {string[]} endings None for any.
 */
function endsIn(text, endings) {
  return endings.length === 0 || endings.some((ending) => text.endsWith(ending))
}

/**
 * @param {Rows} rows
 * @param {Found} found
 */
function readItem(rows, { table, row, place }) {
  if (table === 'folder') {
    const [[name] = ['']] = rows('select name from folder where id = ?', row)
    return { kind: table, name, path: `${place}${name}/` }
  }
  const [[name, size, trackingId, uploadedAt] = ['']] = rows(
    'select name, size, tracking_id, uploaded_at from file where rowid = ?',
    row,
  )
  return { kind: table, name, path: place + name, size, trackingId, uploadedAt }
}
