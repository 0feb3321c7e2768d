import { randomUUID } from 'node:crypto'
import { type FileName, numberedFileName } from '#contract/file-name.ts'
import { rootFolder } from '#contract/folder-path.ts'
import type { Changes } from '#server/core/changes.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import { isNameTaken } from '#server/storage/dialect.ts'
import type { FindSame, NewFile, Place } from './file-listing.ts'
import {
  createTrackingId,
  type FileRepository,
  type NewRow,
  SameFileListed,
  type StoredFile,
} from './file-repository.ts'
import { type FolderPlace, nameColumns, rootFolderId } from './folder-repository.ts'

/** Writes what must come true together with the listing. */
export type Alongside = (unit: UnitOfWork, listed: StoredFile[], added: Added) => Promise<void>

/** What of an addition was not there before. */
export type Added = { files: StoredFile[]; bytes: number }

/**
 * The only way files come to be listed: all of them in one transaction, or none. A taken name gets a
 * number; the same folder, name and bytes as a file that is there give that file. The staged blobs
 * are used up, whatever happens. Resolves with the files in their order.
 */
export type AddFiles = (addition: {
  userId: string
  /** Where the folders of `files` start from: the account's own root if left out. */
  rootId?: number | undefined
  files: NewFile[]
  /** What all their names begin with; a number that they need goes behind it, the same for all. */
  stem?: string
  alongside?: Alongside
}) => Promise<StoredFile[]>

type Addition = Parameters<AddFiles>[0]

/** A file that was there, or one whose blob is kept and that waits for its row. */
type Kept = { requested: FileName; stored: StoredFile; blobId: string | null }
/** The same folder, name and bytes are one file, however often they come: one entry, by `sameKey`. */
type KeptFiles = Map<string, Kept>

/** Where the paths of an addition start. */
type Tree = Omit<FolderPlace, 'folder'>

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
    const { userId, rootId = rootFolderId, files } = addition
    // Two of the same bytes at once must become one file.
    const places = files.map(
      ({ folder, name }) => `file ${JSON.stringify([userId, rootId, folder, name])}`,
    )
    try {
      return await deps.locks.run(places, () => addAll(deps, addition))
    } finally {
      await Promise.all(files.map(({ staged }) => staged.discard()))
    }
  }
}

const sameKey = ({ folder, name, staged }: NewFile) => JSON.stringify([folder, name, staged.sha256])

async function addAll(deps: Deps, addition: Addition): Promise<StoredFile[]> {
  const kept: KeptFiles = new Map()
  const fresh = new Map<string, NewFile>()
  const found = await deps.findSame(addition, addition.files)
  for (const [index, file] of addition.files.entries()) {
    const same = found[index]
    if (same) kept.set(sameKey(file), { requested: file.name, stored: same, blobId: null })
    else fresh.set(sameKey(file), file)
  }
  const blobIds = await deps.blobs.commit([...fresh.values()].map(({ staged }) => staged))
  try {
    const uploadedAt = new Date(deps.clock.now())
    for (const [index, [key, file]] of [...fresh].entries()) {
      kept.set(key, keep(file, blobIds[index] ?? '', uploadedAt))
    }
    for (;;) {
      const listed = await list(deps, addition, kept).catch(nullWhereSame)
      if (listed !== null) return listed
      await takeListed(deps, addition, { kept, fresh })
    }
  } catch (error) {
    await removeUnlisted(deps, blobIds)
    throw error
  }
}

/** Puts files that another server has just listed in the place of the same ones that wait for their rows. */
async function takeListed(
  deps: Deps,
  addition: Addition,
  { kept, fresh }: { kept: KeptFiles; fresh: Map<string, NewFile> },
): Promise<void> {
  const found = await deps.findSame(addition, [...fresh.values()])
  for (const [index, [key, { name }]] of [...fresh].entries()) {
    const same = found[index]
    const blobId = kept.get(key)?.blobId
    if (!same || !blobId) continue
    kept.set(key, { requested: name, stored: same, blobId: null })
    await removeUnlisted(deps, [blobId])
  }
}

/**
 * A commit that failed may have come through all the same. A blob of which that cannot be ruled out
 * stays: a listed file without its bytes would be worse than bytes that the next start sets aside.
 */
async function removeUnlisted({ files, blobs }: Deps, blobIds: string[]): Promise<void> {
  for (const blobId of blobIds) {
    const isListed = await files.hasBlob(blobId).catch(() => true)
    if (!isListed) await blobs.remove(blobId)
  }
}

function keep({ folder, name, staged }: NewFile, blobId: string, uploadedAt: Date): Kept {
  const { size, sha256, crc32 } = staged
  const ids = { id: randomUUID(), trackingId: createTrackingId() }
  const bytes = { size, sha256, crc32 }
  return { requested: name, blobId, stored: { ...ids, ...bytes, name, folder, uploadedAt } }
}

/** Another server has just listed one of them. */
function nullWhereSame(error: unknown): null {
  if (error instanceof SameFileListed) return null
  throw error
}

async function list(
  { files, blobs, changes }: Deps,
  { userId, rootId, files: added, stem, alongside }: Addition,
  kept: KeptFiles,
): Promise<StoredFile[]> {
  for (;;) {
    const named =
      stem === undefined
        ? await takeNames(files, { userId, rootId }, kept)
        : await takeOneStem(files, { userId, rootId }, { kept, stem })
    const listed = added.map((file) => (named.get(sameKey(file)) as Kept).stored)
    const rows = [...named.values()].flatMap((one) => rowOf(userId, one) ?? [])
    try {
      const bytes = rows.reduce((sum, { size }) => sum + size, 0)
      const { madeFolders } = await files.insert(
        rows,
        async (unit) => {
          if (blobs.settle !== null) await blobs.settle(unit, rows.map(blobIdOf))
          await alongside?.(unit, listed, { files: madeOf(named), bytes })
        },
        rootId,
      )
      if (madeFolders) await changes.tell(userId)
      return listed
    } catch (error) {
      // Somebody else took a name between the look and the insert: look again.
      if (!isNameTaken(error)) throw error
    }
  }
}

const madeOf = (named: KeptFiles): StoredFile[] =>
  [...named.values()].flatMap(({ blobId, stored }) => (blobId === null ? [] : [stored]))

const blobIdOf = ({ blob_id }: NewRow) => blob_id

/** Gives each new file the first free name of its kind. */
async function takeNames(files: FileRepository, tree: Tree, kept: KeptFiles): Promise<KeptFiles> {
  const named: KeptFiles = new Map(kept)
  const fresh = [...kept].filter(([, { blobId }]) => blobId !== null)
  for (const [folder, group] of Map.groupBy(fresh, ([, { stored }]) => stored.folder)) {
    const requested = group.map(([, one]) => one.requested)
    const taken = await files.takenNames({ ...tree, folder }, requested)
    for (const [key, one] of group) {
      const name = taken.has(one.requested)
        ? await nextFreeName(files, { ...tree, folder, name: one.requested, taken })
        : one.requested
      taken.add(name)
      named.set(key, { ...one, stored: { ...one.stored, name } })
    }
  }
  return named
}

/** Files that belong together keep one stem: a player finds subtitles by the name of their video. */
async function takeOneStem(
  files: FileRepository,
  tree: Tree,
  { kept, stem }: { kept: KeptFiles; stem: string },
): Promise<KeptFiles> {
  const fresh = [...kept].filter(([, { blobId }]) => blobId !== null)
  const [folder = rootFolder] = fresh.map(([, { stored }]) => stored.folder)
  for (let number = 1; ; number += 1) {
    const begin = number === 1 ? stem : `${stem} (${number})`
    const nameOf = ({ requested }: Kept) => (begin + requested.slice(stem.length)) as FileName
    const taken = await files.takenNames(
      { ...tree, folder },
      fresh.map(([, one]) => nameOf(one)),
    )
    if (taken.size > 0) continue
    const named: KeptFiles = new Map(kept)
    for (const [key, one] of fresh) {
      named.set(key, { ...one, stored: { ...one.stored, name: nameOf(one) } })
    }
    return named
  }
}

function rowOf(userId: string, { requested, stored, blobId }: Kept): NewRow | null {
  if (blobId === null) return null
  return {
    id: stored.id,
    user_id: userId,
    folder: stored.folder,
    name: stored.name,
    requested_name: requested,
    ...nameColumns(stored.name),
    size: stored.size,
    sha256: stored.sha256,
    crc32: stored.crc32,
    blob_id: blobId,
    tracking_id: stored.trackingId,
    uploaded_at: stored.uploadedAt.getTime(),
  }
}

const namesAtOnce = 50

/** The first number that is free. `taken`: names that others of the same addition take, too. */
async function nextFreeName(
  files: FileRepository,
  { name, taken, ...place }: FolderPlace & { name: FileName; taken: ReadonlySet<string> },
): Promise<string> {
  for (let first = 2; ; first += namesAtOnce) {
    const names = Array.from({ length: namesAtOnce }, (_, index) =>
      numberedFileName(name, first + index),
    )
    const known = await files.takenNames(place, names)
    const free = names.find((candidate) => !known.has(candidate) && !taken.has(candidate))
    if (free !== undefined) return free
  }
}

/** Lists one file, by the rules of `AddFiles`. */
export type AddFile = (
  addition: Place & Omit<NewFile, 'folder'> & { alongside?: Alongside },
) => Promise<StoredFile>

export function createAddFile(addFiles: AddFiles): AddFile {
  return async ({ folder, name, staged, ...addition }) => {
    const [file] = await addFiles({ ...addition, files: [{ folder, name, staged }] })
    return file as StoredFile
  }
}
