import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import type { DatabaseContents } from './inspect-database.ts'
import { dropUnfinished, putBack, setAside } from './lost-and-found.ts'
import { newlyMissing } from './refuse-mismatch.ts'
import { isStorageFailure } from './storage-failure.ts'
import type { StoreFolders } from './store-folders.ts'
import { blobName, entriesOf, partName, type Survey, storeMarkName } from './survey-blobs.ts'

type SettleOptions = {
  database: Database
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
export async function settleStore(parts: SettleOptions): Promise<string[]> {
  const { folders, contents, survey, now } = parts
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
  for (const place of folders.scratch) await sweepScratch(place)
  await removeWhere(folders.blobs, (entry) => entry.isFile() && partName.test(entry.name))
  if (survey.missing.length > 0) {
    told.push(missingText(survey.missing.length, newlyMissing(contents, survey).length))
  }
  await noteDown(parts)
  return told
}

/** A full disk must not keep the server from starting: then the next start notes it. */
async function noteDown(parts: SettleOptions): Promise<void> {
  try {
    await noteMissing(parts)
    await markStore(parts)
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

/** The same mark in both, so that neither is taken for another's. */
async function markStore({ database, folders, contents, survey }: SettleOptions): Promise<void> {
  const { storeIds } = survey
  const storeId = contents.storeId ?? storeIds[0] ?? randomUUID()
  if (contents.storeId === null)
    await database.insertInto('store').values({ id: storeId }).execute()
  if (storeIds.includes(storeId)) return
  await mkdir(join(folders.blobs, storeMarkName(storeId)), { mode: 0o700 })
  // Of another store, with which the owner was told that this one is mixed.
  for (const other of storeIds) await rmdir(join(folders.blobs, storeMarkName(other)))
}

async function sweepScratch({ staging, work }: StoreFolders['scratch'][number]): Promise<void> {
  await removeWhere(staging, (entry) => entry.isFile() && partName.test(entry.name))
  await removeWhere(work, (entry) => entry.isDirectory() && blobName.test(entry.name))
}

async function removeWhere(folder: string, isOurs: (entry: Dirent) => boolean): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (isOurs(entry)) await rm(join(folder, entry.name), { recursive: true, force: true })
  }
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
