import { type BlobStore, openBlobStore } from './blob-store.ts'
import { type Database, databaseFile, knownFormat, openDatabase } from './database.ts'
import type { Disk } from './disk.ts'
import type { FileHasher } from './file-hasher.ts'
import { inspectDatabase } from './inspect-database.ts'
import { refuseMismatch } from './refuse-mismatch.ts'
import { settleStore } from './settle-store.ts'
import { openStoreFolders } from './store-folders.ts'
import { surveyBlobs } from './survey-blobs.ts'

type Parts = {
  dataFolder: string
  disk: Disk
  hasher: FileHasher
  /** Epoch milliseconds. */
  now: number
  /** The code of a mismatch that the owner accepts. */
  accepted: string | null
  /** Ends what still works in these folders, before they are swept. */
  endLeftovers(workFolders: string[]): Promise<void>
}

/** What was found is for the owner to know. */
export type Store = { database: Database; blobs: BlobStore; found: string[] }

/**
 * Opens the database and the stored files of a data folder once they were seen to belong together,
 * and clears up what a crash left. Before anything is served.
 * @throws ConfigError, and has changed nothing then.
 */
export async function openStore(parts: Parts): Promise<Store> {
  const { dataFolder, disk, hasher, now, accepted } = parts
  const folders = await openStoreFolders(dataFolder, disk)
  const file = databaseFile(dataFolder)
  const contents = await inspectDatabase(file, knownFormat)
  const survey = await surveyBlobs(folders, contents)
  refuseMismatch({ file, folders, contents, survey, accepted })
  await parts.endLeftovers(folders.scratch.map(({ work }) => work))
  const database = await openDatabase(file)
  try {
    const found = await settleStore({ database, folders, contents, survey, now })
    const blobs = await openBlobStore({ dataFolder, folders, disk, hasher })
    await blobs.requireRoom(0).catch(() => {
      found.push(`The disk of ${dataFolder} is full: nothing can be stored until there is room.`)
    })
    return { database, blobs, found }
  } catch (error) {
    await database.destroy()
    throw error
  }
}
