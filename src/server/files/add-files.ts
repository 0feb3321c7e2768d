import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type FileName, numberedFileName } from '#contract/file-name.ts'
import type { Changes } from '#server/core/changes.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { isNameTaken } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { FileTable, Tables } from '#server/storage/sqlite/tables.ts'
import type { FindSame, Place } from './file-listing.ts'
import { createTrackingId, type FileRepository, type StoredFile } from './file-repository.ts'
import { foldedName } from './folder-repository.ts'

export type NewFile = { name: FileName; staged: StagedBlob }

/** What must become true together with the listing, written in the same transaction. */
export type Alongside = (transaction: Transaction<Tables>, listed: StoredFile[]) => Promise<void>

/**
 * The only way files come to be listed: all of them in one transaction, or none. A taken name gets a
 * number; the same folder, name and bytes as a file that is there give that file. The staged blobs
 * are used up, whatever happens. Resolves with the files in their order.
 */
export type AddFiles = (
  addition: Place & {
    files: NewFile[]
    /** What all their names begin with; a number that they need goes behind it, the same for all. */
    stem?: string
    withinTransaction?: Alongside
  },
) => Promise<StoredFile[]>

type Addition = Parameters<AddFiles>[0]

/** A file that was there, or one whose blob is kept and that waits for its row. */
type Kept = { requested: FileName; stored: StoredFile; blobId: string | null }

type Deps = {
  files: FileRepository
  blobs: BlobStore
  clock: Clock
  locks: Locks
  changes: Changes
  findSame: FindSame
}

export function createAddFiles(deps: Deps): AddFiles {
  return async (addition) => {
    const { userId, folder, files } = addition
    // Two of the same bytes at once must become one file.
    const places = files.map(({ name }) => `file ${JSON.stringify([userId, folder, name])}`)
    try {
      return await deps.locks.run(places, () => addAll(deps, addition))
    } finally {
      await Promise.all(files.map(({ staged }) => staged.discard()))
    }
  }
}

async function addAll(deps: Deps, addition: Addition): Promise<StoredFile[]> {
  const kept: Kept[] = []
  try {
    for (const file of addition.files) kept.push(await keep(deps, addition, file))
    return await list(deps, addition, kept)
  } catch (error) {
    await removeUnlisted(deps, kept)
    throw error
  }
}

/**
 * A commit that failed may have come through all the same. A blob of which that cannot be ruled out
 * stays: a listed file without its bytes would be worse than bytes that the next start sets aside.
 */
async function removeUnlisted({ files, blobs }: Deps, kept: Kept[]): Promise<void> {
  for (const { blobId } of kept) {
    if (blobId === null) continue
    const isListed = await files.hasBlob(blobId).catch(() => true)
    if (!isListed) await blobs.remove(blobId)
  }
}

async function keep(deps: Deps, place: Place, file: NewFile): Promise<Kept> {
  const { blobs, clock, findSame } = deps
  const same = await findSame(place, file)
  if (same) return { requested: file.name, stored: same, blobId: null }
  const { size, sha256 } = file.staged
  const blobId = await blobs.commit(file.staged)
  const uploadedAt = new Date(clock.now())
  const ids = { id: randomUUID(), trackingId: createTrackingId() }
  const { name } = file
  const stored = { ...ids, name, folder: place.folder, size, sha256, uploadedAt }
  return { requested: name, blobId, stored }
}

async function list(
  { files, changes }: Deps,
  { userId, folder, stem, withinTransaction }: Addition,
  kept: Kept[],
): Promise<StoredFile[]> {
  const place = { userId, folder }
  for (;;) {
    const named =
      stem === undefined
        ? await takeNames(files, place, kept)
        : await takeOneStem(files, place, { kept, stem })
    const listed = named.map(({ stored }) => stored)
    const rows = named.flatMap((one) => rowOf(userId, one) ?? [])
    try {
      const { madeFolders } = await files.insert(rows, async (transaction) =>
        withinTransaction?.(transaction, listed),
      )
      if (madeFolders) await changes.tell(userId)
      return listed
    } catch (error) {
      // Somebody else took a name between the look and the insert: look again.
      if (!isNameTaken(error)) throw error
    }
  }
}

/** Gives each new file the first free name of its kind. */
async function takeNames(files: FileRepository, place: Place, kept: Kept[]): Promise<Kept[]> {
  const named: Kept[] = []
  const own = new Set<string>()
  for (const one of kept) {
    if (one.blobId === null) {
      named.push(one)
      continue
    }
    const name = await freeName(files, { ...place, name: one.requested, own })
    own.add(name)
    named.push({ ...one, stored: { ...one.stored, name } })
  }
  return named
}

/** Files that belong together keep one stem: a player finds subtitles by the name of their video. */
async function takeOneStem(
  files: FileRepository,
  { userId, folder }: Place,
  { kept, stem }: { kept: Kept[]; stem: string },
): Promise<Kept[]> {
  const fresh = kept.filter(({ blobId }) => blobId !== null)
  for (let number = 1; ; number += 1) {
    const begin = number === 1 ? stem : `${stem} (${number})`
    const nameOf = ({ requested }: Kept) => (begin + requested.slice(stem.length)) as FileName
    const taken = await files.takenNames(userId, folder, fresh.map(nameOf))
    if (taken.size > 0) continue
    return kept.map((one) =>
      one.blobId === null ? one : { ...one, stored: { ...one.stored, name: nameOf(one) } },
    )
  }
}

function rowOf(userId: string, { requested, stored, blobId }: Kept): FileTable | null {
  if (blobId === null) return null
  return {
    id: stored.id,
    user_id: userId,
    folder: stored.folder,
    name: stored.name,
    requested_name: requested,
    folded_name: foldedName(stored.name),
    size: stored.size,
    sha256: stored.sha256,
    blob_id: blobId,
    tracking_id: stored.trackingId,
    uploaded_at: stored.uploadedAt.getTime(),
  }
}

const namesAtOnce = 50

/** `own`: names that others of the same addition take. */
async function freeName(
  files: FileRepository,
  { userId, folder, name, own }: Place & { name: FileName; own: Set<string> },
): Promise<string> {
  for (let first = 1; ; first += namesAtOnce) {
    const names = Array.from({ length: namesAtOnce }, (_, index) =>
      first + index === 1 ? name : numberedFileName(name, first + index),
    )
    const taken = await files.takenNames(userId, folder, names)
    const free = names.find((candidate) => !taken.has(candidate) && !own.has(candidate))
    if (free !== undefined) return free
  }
}

/** Lists one file, by the rules of `AddFiles`. */
export type AddFile = (
  addition: Place & NewFile & { withinTransaction?: Alongside },
) => Promise<StoredFile>

export function createAddFile(addFiles: AddFiles): AddFile {
  return async ({ name, staged, ...addition }) => {
    const [file] = await addFiles({ ...addition, files: [{ name, staged }] })
    return file as StoredFile
  }
}
