import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { entriesOf, type FoundBlob } from './survey-blobs.ts'

const keptDays = 7
const unfinishedDay = /^(\d{4}-\d{2}-\d{2})-unfinished$/

type Now = { lostAndFound: string; now: number }

/**
 * Moves blobs out of the way, into a folder of the day. Only what was never acknowledged goes a week
 * later: the rest may be all there is of a file. Resolves with how many could be moved.
 */
export async function setAside(
  blobs: FoundBlob[],
  { lostAndFound, now, isUnfinished }: Now & { isUnfinished: boolean },
): Promise<number> {
  if (blobs.length === 0) return 0
  const day = new Date(now).toISOString().slice(0, 10)
  const folder = join(lostAndFound, isUnfinished ? `${day}-unfinished` : day)
  return await moveAll(blobs, ({ blobId }) => join(folder, blobId))
}

/** Moves blobs back to where their rows look for them. Resolves with how many could be moved. */
export async function putBack(blobs: FoundBlob[], blobsFolder: string): Promise<number> {
  return await moveAll(blobs, ({ blobId }) => join(blobsFolder, blobId.slice(0, 2), blobId))
}

/** Deletes what was never acknowledged and has been there for a week. */
export async function dropUnfinished({ lostAndFound, now }: Now): Promise<void> {
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
