import type { Dirent } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Transaction } from 'kysely'
import { ConfigError } from '#server/config.ts'
import { blobFolders } from './blob-store.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const blobName = new RegExp(`^${uuid}$`)
const partName = new RegExp(`^${uuid}\\.part$`)

type Parts = {
  dataFolder: string
  database: Database
  log: { warn(about: object, message: string): void }
}

/**
 * Brings folder and database into line after a crash: no part files, no blob without a row, no row
 * without a blob. Runs at start, before anything is served, and touches only what the server made:
 * what an owner put there stays. Throws ConfigError where the blobs seem to be elsewhere.
 */
export async function sweepBlobs({ dataFolder, database, log }: Parts): Promise<void> {
  const folderOf = (name: keyof typeof blobFolders) => join(dataFolder, blobFolders[name])
  await removeWhere(folderOf('staging'), (entry) => entry.isFile() && partName.test(entry.name))
  await removeWhere(folderOf('work'), (entry) => entry.isDirectory() && blobName.test(entry.name))
  const rows = await database.selectFrom('file').select('blob_id').execute()
  const missing = new Set(rows.map((row) => row.blob_id))
  const shards = await readdir(folderOf('blobs'))
  if (shards.length === 0 && missing.size > 0) throw notMounted(folderOf('blobs'), missing.size)
  for (const shard of shards) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    await removeWhere(join(folderOf('blobs'), shard), (entry) => {
      if (!entry.name.startsWith(shard)) return false
      return !missing.delete(entry.name) && entry.isFile() && blobName.test(entry.name)
    })
  }
  if (missing.size === 0) return
  for (const blobId of missing) {
    log.warn({ blobId }, 'a listed file has no bytes; it is listed no more')
  }
  await database.transaction().execute((transaction) => unlist(transaction, [...missing]))
}

/** To list no file any more would be one thing; the next start, with the disk back, would delete them all. */
function notMounted(folder: string, files: number): ConfigError {
  return new ConfigError(
    `${folder} is empty, and ${files} stored ${files === 1 ? 'file' : 'files'} should be in it. Bring back the disk that they are on, or set BARKEEP_DATA to another folder.`,
  )
}

/** With the answers that promise the file, and the folders that were there for its sake. */
async function unlist(transaction: Transaction<Tables>, blobIds: string[]): Promise<void> {
  for (const blobId of blobIds) {
    const file = await transaction
      .deleteFrom('file')
      .where('blob_id', '=', blobId)
      .returning('tracking_id')
      .executeTakeFirstOrThrow()
    await transaction
      .deleteFrom('idempotency')
      .where('reply_json', 'like', `%"tracking_id":"${file.tracking_id}"%`)
      .execute()
  }
  // "0" is what follows "/": between the two is every path below the folder.
  await sql`
    delete from folder where not exists (
      select 1 from file
      where file.user_id = folder.user_id and file.folder >= folder.path
        and file.folder < substr(folder.path, 1, length(folder.path) - 1) || '0'
    )`.execute(transaction)
}

async function removeWhere(folder: string, isLeftover: (entry: Dirent) => boolean): Promise<void> {
  for (const entry of await readEntries(folder)) {
    if (isLeftover(entry)) await rm(join(folder, entry.name), { recursive: true, force: true })
  }
}

/** What is no folder, whatever its name, is nothing of ours. */
async function readEntries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOTDIR' || code === 'ENOENT') return []
    throw error
  }
}
