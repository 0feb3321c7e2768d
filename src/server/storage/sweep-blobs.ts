import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blobFolders } from './blob-store.ts'
import type { Database } from './database.ts'

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
 * without a blob. Runs at start, before anything is served, and touches only names the server made:
 * what an owner put there stays.
 */
export async function sweepBlobs({ dataFolder, database, log }: Parts): Promise<void> {
  await removeWhere(join(dataFolder, blobFolders.staging), (name) => partName.test(name))
  await removeWhere(join(dataFolder, blobFolders.work), (name) => blobName.test(name))
  const rows = await database.selectFrom('file').select('blob_id').execute()
  const missing = new Set(rows.map((row) => row.blob_id))
  const blobs = join(dataFolder, blobFolders.blobs)
  for (const shard of await readdir(blobs)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    await removeWhere(join(blobs, shard), (name) => !missing.delete(name) && blobName.test(name))
  }
  for (const blobId of missing) {
    log.warn({ blobId }, 'a listed file has no bytes; it is listed no more')
    await database.deleteFrom('file').where('blob_id', '=', blobId).execute()
  }
}

async function removeWhere(folder: string, isLeftover: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isLeftover(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}
