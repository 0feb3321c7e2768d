import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BucketConfig } from '#server/core/bucket-config.ts'
import { isStorageFailure } from '#server/core/failure.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import {
  entriesOf,
  openStoreFolders,
  type StoreFolders,
} from '#server/storage/disk/store-folders.ts'
import { type DatabaseContents, inspectDatabase } from '#server/storage/sqlite/inspect-database.ts'
import { databaseFile, knownFormat, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { newlyMissing, refuseMismatch } from './refuse-mismatch.ts'
import type { Store, StoreOptions } from './store.ts'
import { type FoundBlob, type Survey, storeIdFolder, surveyBlobs } from './survey-blobs.ts'

/**
 * Opens the database and the stored files of a data folder once they were seen to belong together,
 * and clears up what a crash left. Before anything is served.
 * @throws ConfigError, and has changed nothing then.
 */
export function openStore(options: StoreOptions): Promise<Store> {
  if (options.bucket !== null) return openWithBucket(options, options.bucket)
  return options.locks.run(['start of the store'], () => openAlone(options))
}

/** What a bucket needs is loaded where there is one. */
async function openWithBucket(options: StoreOptions, bucket: BucketConfig): Promise<Store> {
  const { openBucketStore } = await import('./open-bucket-store.ts')
  return await openBucketStore({ ...options, bucket })
}

async function openAlone(options: StoreOptions): Promise<Store> {
  const { dataFolder, disk, hasher, now, accepted } = options
  const folders = await openStoreFolders(dataFolder, disk)
  const file = databaseFile(dataFolder)
  const contents = await inspectDatabase(file, knownFormat)
  const survey = await surveyBlobs(folders, contents)
  refuseMismatch({ file, folders, contents, survey, accepted })
  await options.endLeftovers(folders.scratch.map(({ work }) => work))
  const database = await openDatabase(file)
  try {
    const blobs = await openDiskBlobs({ dataFolder, folders, disk, hasher })
    const found = await settleStore({ database, blobs, folders, contents, survey, now })
    await blobs.ensureFreeSpace(0).catch(() => {
      found.push(`The disk of ${dataFolder} is full: nothing can be stored until there is room.`)
    })
    return { database, blobs, found, close: () => database.destroy() }
  } catch (error) {
    await database.destroy()
    throw error
  }
}

type SettleOptions = {
  database: Database
  blobs: BlobStore
  folders: StoreFolders
  contents: DatabaseContents
  survey: Survey
  now: number
}

/**
 * Brings folders and database into line. Nothing of a store is deleted on the word of the other:
 * what no row names is set aside, and a row whose bytes are gone stays. Deleted is only what the
 * server staged and never finished. Resolves with what the owner should know.
 */
async function settleStore(options: SettleOptions): Promise<string[]> {
  const { folders, contents, survey, now } = options
  const { lostAndFound } = folders
  const told: string[] = []
  const returned = await putBack(survey.setAside, folders.blobs)
  if (returned > 0) told.push(`${count(returned)} came back from ${lostAndFound}.`)
  // Where there is more than that, the database may be an older one, which knows of no 200 either.
  const isPlain = survey.orphans.length === 0
  const orphans = isPlain ? [] : [...survey.orphans, ...survey.unfinished]
  const moved = await setAside(orphans, { lostAndFound, now, isUnfinished: false })
  if (orphans.length > 0) told.push(orphansText(orphans.length, moved, lostAndFound))
  const unfinished = isPlain ? survey.unfinished : []
  await setAside(unfinished, { lostAndFound, now, isUnfinished: true })
  if (unfinished.length > 0) {
    told.push(`${count(unfinished.length)} of uploads that had no answer yet: in ${lostAndFound}.`)
  }
  await dropUnfinished({ lostAndFound, now })
  await options.blobs.sweep()
  if (survey.missing.length > 0) {
    told.push(missingText(survey.missing.length, newlyMissing(contents, survey).length))
  }
  await recordFindings(options)
  return told
}

/** A full disk must not keep the server from starting; the next start records it then. */
async function recordFindings(options: SettleOptions): Promise<void> {
  try {
    await noteMissing(options)
    await recordStoreId(options)
  } catch (error) {
    if (!isStorageFailure(error)) throw error
  }
}

async function noteMissing({ database, contents, survey, now }: SettleOptions): Promise<void> {
  const fresh = newlyMissing(contents, survey)
  const still = new Set(survey.missing)
  const gone = [...contents.knownMissing].filter((blobId) => !still.has(blobId))
  if (fresh.length === 0 && gone.length === 0) return
  await database.transaction().execute(async (transaction) => {
    for (const blobId of gone) {
      await transaction.deleteFrom('missing_blob').where('blob_id', '=', blobId).execute()
    }
    for (const blobId of fresh) {
      const row = { blob_id: blobId, noticed_at: now }
      await transaction.insertInto('missing_blob').values(row).execute()
    }
  })
}

/** Records the same id in both, so that neither is mistaken for another store's. */
async function recordStoreId({
  database,
  folders,
  contents,
  survey,
}: SettleOptions): Promise<void> {
  const { storeIds } = survey
  const storeId = contents.storeId ?? storeIds[0] ?? randomUUID()
  if (contents.storeId === null)
    await database.insertInto('store').values({ id: storeId }).execute()
  if (storeIds.includes(storeId)) return
  await mkdir(join(folders.blobs, storeIdFolder(storeId)), { mode: 0o700 })
  // Ids of another store: the owner accepted the mix.
  for (const other of storeIds) await rmdir(join(folders.blobs, storeIdFolder(other)))
}

function orphansText(found: number, moved: number, lostAndFound: string): string {
  const where =
    moved === found ? `moved to ${lostAndFound}` : `${moved} of them moved to ${lostAndFound}`
  return `${count(found)} that the database does not know: ${where}. If it is an older database, put the newer one back, and they return.`
}

function missingText(missing: number, fresh: number): string {
  return `${count(missing)} without bytes (${fresh} not told of before): listed, but their links answer 503 until the bytes are back or the file is uploaded once more.`
}

function count(files: number): string {
  return `${files} stored ${files === 1 ? 'file' : 'files'}`
}

const keptDays = 7
const unfinishedDay = /^(\d{4}-\d{2}-\d{2})-unfinished$/

type Now = { lostAndFound: string; now: number }

/**
 * Moves blobs out of the way, into a folder of the day. Only what was never acknowledged goes a week
 * later: the rest may be all there is of a file. Resolves with how many could be moved.
 */
async function setAside(
  blobs: FoundBlob[],
  { lostAndFound, now, isUnfinished }: Now & { isUnfinished: boolean },
): Promise<number> {
  if (blobs.length === 0) return 0
  const day = new Date(now).toISOString().slice(0, 10)
  const folder = join(lostAndFound, isUnfinished ? `${day}-unfinished` : day)
  return await moveAll(blobs, ({ blobId }) => join(folder, blobId))
}

/** Moves blobs back to where their rows look for them. Resolves with how many could be moved. */
async function putBack(blobs: FoundBlob[], blobsFolder: string): Promise<number> {
  return await moveAll(blobs, ({ blobId }) => join(blobsFolder, blobId.slice(0, 2), blobId))
}

/** Deletes what was never acknowledged and has been there for a week. */
async function dropUnfinished({ lostAndFound, now }: Now): Promise<void> {
  for (const { name } of await entriesOf(lostAndFound)) {
    const day = Date.parse(unfinishedDay.exec(name)?.[1] ?? '')
    if (now - day < keptDays * 86_400_000 || Number.isNaN(day)) continue
    await rm(join(lostAndFound, name), { recursive: true, force: true })
  }
}

/** What cannot be moved (a full disk, a folder that is a disk of its own) stays where it is. */
async function moveAll(blobs: FoundBlob[], target: (blob: FoundBlob) => string): Promise<number> {
  let moved = 0
  for (const blob of blobs) {
    const to = target(blob)
    try {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      if (await isThere(to)) continue
      await rename(blob.path, to)
      moved += 1
    } catch {
      // Counted by what is left.
    }
  }
  return moved
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
