/** A folder with fewer below it is looked through as a whole. */
const small = { folders: 1_000, files: 20_000 }

/** @typedef {ReturnType<typeof prepareRows>} Rows */

/**
 * Makes a function that runs a query, whose text is prepared once, and gives its rows as arrays, one by
 * one: who has enough stops.
 *
 * @param {import('node:sqlite').DatabaseSync} database
 */
export function prepareRows(database) {
  /** @type {Map<string, import('node:sqlite').StatementSync>} */
  const statements = new Map()

  /** @returns {Iterable<any[]>} */
  return (/** @type {string} */ text, /** @type {(string | number)[]} */ ...values) => {
    const statement = statements.get(text) ?? database.prepare(text)
    statement.setReturnArrays(true)
    statements.set(text, statement)
    return /** @type {Iterable<any>} */ (statement.iterate(...values))
  }
}

/**
 * @param {Rows} rows
 * @param {import('#server/storage/name-search.ts').NameQuery} query
 * @returns {number | null}
 */
export function findFolder(rows, { userId, folders }) {
  let found = 0
  for (const name of folders) {
    const [row] = rows(
      'select id from folder where user_id = ? and parent_id = ? and name = ?',
      ...[userId, found, name],
    )
    if (row === undefined) return null
    found = row[0]
  }
  return found
}

/**
 * Makes a function that gives the path of a folder; null where it is not `root`, nor below it, as what
 * is in the trash.
 *
 * @param {Rows} rows
 * @param {number} root
 * @param {string[]} names Those of `root` and of the folders above it.
 */
export function createPlaces(rows, root, names) {
  /** @type {Map<number | null, string | null>} */
  const known = new Map([
    [0, null],
    [null, null],
  ])
  known.set(root, `/${names.map((name) => `${name}/`).join('')}`)
  /** @type {(folderId: number | null) => string | null} */
  const placeOf = (folderId) => {
    const there = known.get(folderId)
    if (there !== undefined) return there
    const [row] = rows('select parent_id, name from folder where id = ?', Number(folderId))
    const above = row === undefined ? null : placeOf(row[0])
    const place = above === null ? null : `${above}${row?.[1]}/`
    known.set(folderId, place)
    return place
  }
  return placeOf
}

/**
 * All files of a small subtree; null for a larger one, and for the whole.
 *
 * @param {Rows} rows
 * @param {string} userId
 * @param {number} root
 */
export function filesBelow(rows, userId, root) {
  if (root === 0) return null
  const folders = [root]
  let files = 0
  for (const id of folders) {
    const [counted] = rows(
      'select sum(files) from listing_mark where user_id = ? and folder_id = ? and sort = 0',
      ...[userId, id],
    )
    files += counted?.[0] ?? 0
    if (files > small.files) return null
    for (const [child] of rows(
      'select id from folder where user_id = ? and parent_id = ?',
      ...[userId, id],
    )) {
      if (folders.push(child) > small.folders) return null
    }
  }
  const query = `select rowid, folder_id, searched_name, folded_name from file
    where user_id = ? and folder_id = ?`
  return folders.values().flatMap((id) => rows(query, userId, id))
}
