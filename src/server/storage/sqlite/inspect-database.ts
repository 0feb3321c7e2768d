import { stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '#server/core/config.ts'
import { isStorageFailure } from '#server/core/failure.ts'
import { openWithoutFreeSpace } from './sqlite-connections.ts'
import { isBusy, isDamage } from './sqlite-dialect.ts'
import { restrictToOwner } from './sqlite-driver.ts'

/** What a database knows of the stored files. */
export type DatabaseContents = {
  /** `empty`: no bytes, or none of our tables, as a copy without its log may be. */
  state: 'missing' | 'empty' | 'filled'
  /** Of the store that it belongs to; null where a version before gave none. */
  storeId: string | null
  blobIds: Set<string>
  /** Those of them that were missing before, and told of. */
  knownMissing: Set<string>
  /** Of files that were deleted for ever: no row names them, and their bytes may still be there. */
  doomed: Set<string>
}

/**
 * Reads `file` without changing anything, before it is opened to be written to: SQLite deletes the
 * log of an empty database, and opening one that is damaged may make it worse.
 * @throws ConfigError where it is damaged, locked, unreadable or of a newer version.
 */
export async function inspectDatabase(
  file: string,
  knownFormat: number,
): Promise<DatabaseContents> {
  const nothing = {
    ...{ storeId: null, blobIds: new Set<string>() },
    ...{ knownMissing: new Set<string>(), doomed: new Set<string>() },
  }
  try {
    const size = await stat(file).then(
      (found) => found.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      },
    )
    if (size === null) return { state: 'missing', ...nothing }
    if (size === 0) return { state: 'empty', ...nothing }
    // Also a look makes SQLite's files beside it, in the mode that it has. On a disk that is read-only it keeps it.
    await restrictToOwner(file).catch(() => {})
    const connection = openToLook(file)
    try {
      return readContents(connection, file, knownFormat) ?? { state: 'empty', ...nothing }
    } finally {
      connection.close()
    }
  } catch (error) {
    throw explainDatabase(error, file)
  }
}

function openToLook(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { readOnly: true, timeout: lockPatienceMs })
  try {
    connection.prepare('select count(*) from sqlite_master').get()
    return connection
  } catch (error) {
    connection.close()
    const single = isBusy(error) ? null : openWithoutFreeSpace(file)
    if (single === null) throw error
    return single
  }
}

/** Nothing is served yet that this could hold up. */
const lockPatienceMs = 5_000

/** Null where none of our tables is in it. */
function readContents(
  connection: DatabaseSync,
  file: string,
  knownFormat: number,
): DatabaseContents | null {
  const format = Number(connection.prepare('pragma user_version').get()?.user_version)
  refuseNewer(file, format, knownFormat)
  const verdict = connection.prepare('pragma quick_check(1)').get()?.quick_check
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { errcode: corrupt })
  const tables = readColumn(connection, "select name from sqlite_master where type = 'table'")
  if (!tables.has('file')) return null
  const lost = ['user', 'session', 'account', 'api_key'].find((table) => !tables.has(table))
  if (lost) throw Object.assign(new Error(`no such table: ${lost}`), { errcode: corrupt })
  const [storeId = null] = tables.has('store') ? readColumn(connection, 'select id from store') : []
  return {
    state: 'filled',
    storeId,
    blobIds: readColumn(connection, 'select blob_id from file'),
    knownMissing: tables.has('missing_blob')
      ? readColumn(connection, 'select blob_id from missing_blob')
      : new Set(),
    doomed: tables.has('doomed_blob')
      ? readColumn(connection, 'select blob_id from doomed_blob')
      : new Set(),
  }
}

/** SQLITE_CORRUPT. */
const corrupt = 11

function readColumn(connection: DatabaseSync, query: string): Set<string> {
  const texts = new Set<string>()
  for (const row of connection.prepare(query).iterate()) texts.add(String(Object.values(row)[0]))
  return texts
}

/** Why the database cannot be opened, in a line for its owner; what is no failure of storage stays as it is. */
export function explainDatabase(error: unknown, file: string): unknown {
  if (!isStorageFailure(error)) return error
  const message = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ')
  if (isBusy(error)) {
    return new ConfigError(
      `${file} is locked by another program (a backup, a database browser). End that, and start again.`,
    )
  }
  if (isDamage(error)) {
    return new ConfigError(
      `${file} is damaged (${message}); nothing was changed. Put a backup of it in its place, with its barkeep.db-wal if it has one, and start again.`,
    )
  }
  return new ConfigError(
    `${file} cannot be opened (${message}). See that its disk works, has room, and lets this user write, and start again.`,
  )
}

/** @throws ConfigError when a newer version wrote `file`. */
export function refuseNewer(file: string, format: number, known: number): void {
  if (format <= known) return
  throw new ConfigError(
    `${file} was written by a newer version of Barkeep (its format is ${format}, this one knows ${known}). Start that version, or set BARKEEP_DATA to another folder.`,
  )
}
