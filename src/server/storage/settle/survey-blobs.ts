import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  blobName,
  entriesOf,
  type StoreFolders,
  uuidPattern,
} from '#server/storage/disk/store-folders.ts'
import type { DatabaseContents } from '#server/storage/sqlite/inspect-database.ts'

export type FoundBlob = { blobId: string; path: string }

/** Where database and blobs disagree. Taking it changes nothing. */
export type Survey = {
  blobs: number
  /** No row names them, and nothing tells why. */
  orphans: FoundBlob[]
  /** No row names them because they were on their way when the server ended: nobody got a 200. */
  unfinished: FoundBlob[]
  /** Named by a row and found in `lost+found`. */
  setAside: FoundBlob[]
  /** Named by a row and nowhere. */
  missing: string[]
  /** The ids recorded beside the blobs. */
  storeIds: string[]
}

const storeIdName = new RegExp(`^\\.store-(${uuidPattern})$`)

/** The id is a folder's name: making one is atomic, and nobody mistakes it for a stored file. */
export function storeIdFolder(storeId: string): string {
  return `.store-${storeId}`
}

export async function surveyBlobs(
  folders: StoreFolders,
  { blobIds, doomed }: Pick<DatabaseContents, 'blobIds' | 'doomed'>,
): Promise<Survey> {
  const wanted = new Set(blobIds)
  const unnamed: FoundBlob[] = []
  let blobs = 0
  const shards = await readdir(folders.blobs)
  for (const shard of shards.filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    const folder = join(folders.blobs, shard)
    for (const entry of await entriesOf(folder)) {
      if (!entry.isFile() || !blobName.test(entry.name) || !entry.name.startsWith(shard)) continue
      blobs += 1
      if (!wanted.delete(entry.name)) {
        unnamed.push({ blobId: entry.name, path: join(folder, entry.name) })
      }
    }
  }
  const unknown = unnamed.filter(({ blobId }) => !doomed.has(blobId))
  const setAside = wanted.size > 0 ? await findSetAside(folders.lostAndFound, wanted) : []
  for (const { blobId } of setAside) wanted.delete(blobId)
  const storeIds = shards.flatMap((name) => storeIdName.exec(name)?.[1] ?? [])
  return {
    blobs,
    ...(await sortUnnamed(folders, unknown)),
    setAside,
    missing: [...wanted],
    storeIds,
  }
}

/** A blob whose staged name is still there was not listed yet: that goes last. */
async function sortUnnamed(folders: StoreFolders, unnamed: FoundBlob[]) {
  const orphans: FoundBlob[] = []
  const unfinished: FoundBlob[] = []
  const staged = unnamed.length > 0 ? await stagedFiles(folders) : new Set<string>()
  for (const blob of unnamed) {
    const isStaged = staged.has(await identity(blob.path))
    if (isStaged) unfinished.push(blob)
    else orphans.push(blob)
  }
  return { orphans, unfinished }
}

async function stagedFiles({ scratch }: StoreFolders): Promise<Set<string>> {
  const identities = new Set<string>()
  for (const folder of scratch.flatMap(({ staging, work }) => [staging, work])) {
    for (const entry of await entriesOf(folder, true)) {
      if (entry.isFile()) identities.add(await identity(join(entry.parentPath, entry.name)))
    }
  }
  return identities
}

async function identity(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true })
  return `${dev}:${ino}`
}

async function findSetAside(lostAndFound: string, wanted: Set<string>): Promise<FoundBlob[]> {
  const found: FoundBlob[] = []
  for (const day of await entriesOf(lostAndFound)) {
    if (!day.isDirectory()) continue
    for (const { name } of await entriesOf(join(lostAndFound, day.name))) {
      if (wanted.has(name)) found.push({ blobId: name, path: join(lostAndFound, day.name, name) })
    }
  }
  return found
}
