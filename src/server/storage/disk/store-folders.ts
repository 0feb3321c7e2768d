import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '#server/core/config.ts'
import type { Disk } from './disk.ts'

/** Where a store keeps what. All of it is on one file system, or a blob could not be put in its place. */
export type StoreFolders = {
  blobs: string
  staging: string
  work: string
  lostAndFound: string
  /** Every place that staged files and work folders may have been left in. */
  scratch: { staging: string; work: string }[]
}

export const uuidPattern = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
export const blobName = new RegExp(`^${uuidPattern}$`)
const partName = new RegExp(`^${uuidPattern}\\.part$`)

/**
 * Makes the folders of `dataFolder`, and tries what every upload will need: to write, to fsync and to
 * put a file in its place. Where `blobs` is another disk, the rest is kept on that one.
 * @throws ConfigError where no blob could be stored. A full disk is none: reading goes on.
 */
export async function openStoreFolders(dataFolder: string, disk: Disk): Promise<StoreFolders> {
  const blobs = join(dataFolder, 'blobs')
  const within = foldersBelow(dataFolder, blobs)
  const ofDisk = foldersBelow(blobs, blobs)
  const scratch = [within, ofDisk].map(({ staging, work }) => ({ staging, work }))
  try {
    await makeFolders(within)
    await disk.syncFolder(dataFolder)
    let failure = await tryFolders(within, disk)
    if (failure === null) return { ...within, scratch }
    const isApart = failure.code === 'EXDEV' || !(await isSameDisk(dataFolder, blobs))
    if (isApart) {
      await makeFolders(ofDisk)
      failure = await tryFolders(ofDisk, disk)
    }
    if (failure !== null && !isFullDisk(failure)) throw failure
    return { ...(isApart ? ofDisk : within), scratch }
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ConfigError(
      isFullDisk(error)
        ? `The disk of ${dataFolder} is full. Make room on it, and start again.`
        : `No file can be stored in ${blobs} (${error.message}). Make it a writable folder of a disk that works, or set BARKEEP_DATA to another folder.`,
    )
  }
}

/**
 * Gives a staged file its place beside the staged name, which goes when the file is listed: what still
 * has both names after a crash was never acknowledged. Where a disk has no second names it is renamed.
 */
export async function putInPlace(staged: string, place: string): Promise<void> {
  await link(staged, place).catch(() => rename(staged, place))
}

function foldersBelow(folder: string, blobs: string): Omit<StoreFolders, 'scratch'> {
  const [staging, work] = [join(folder, 'staging'), join(folder, 'work')]
  return { blobs, staging, work, lostAndFound: join(folder, 'lost+found') }
}

async function makeFolders({ blobs, staging, work }: Omit<StoreFolders, 'scratch'>): Promise<void> {
  for (const folder of [blobs, staging, work]) await mkdir(folder, { recursive: true, mode: 0o700 })
}

type SystemError = NodeJS.ErrnoException & { syscall: string }

/** What a file fails with on its way into the store; null when it got there. */
async function tryFolders(
  { staging, work, blobs }: Omit<StoreFolders, 'scratch'>,
  disk: Disk,
): Promise<SystemError | null> {
  const name = `${randomUUID()}.part`
  const [staged, place] = [join(staging, name), join(blobs, name)]
  const workFolder = join(work, name.replace('.part', ''))
  try {
    {
      await using file = await disk.create(staged)
      await file.writev([new Uint8Array(1)], 0)
      await file.sync()
    }
    await putInPlace(staged, place)
    await disk.syncFolder(blobs)
    await mkdir(workFolder)
    return null
  } catch (error) {
    if (isSystemError(error)) return error
    throw error
  } finally {
    for (const path of [staged, place, workFolder]) await rm(path, { recursive: true, force: true })
  }
}

async function isSameDisk(one: string, other: string): Promise<boolean> {
  return (await stat(one)).dev === (await stat(other)).dev
}

function isFullDisk({ code, errno }: SystemError): boolean {
  // Node has no name for a quota that is used up, only its number.
  return code === 'ENOSPC' || errno === -constants.errno.EDQUOT
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error
}

/** Deletes what was staged and never finished, and work folders. Anything of another name stays. */
export async function sweepFolders({ scratch, blobs }: StoreFolders): Promise<void> {
  const isPart = (entry: Dirent) => entry.isFile() && partName.test(entry.name)
  for (const { staging, work } of scratch) {
    await removeWhere(staging, isPart)
    await removeWhere(work, (entry) => entry.isDirectory() && blobName.test(entry.name))
  }
  await removeWhere(blobs, isPart)
}

async function removeWhere(folder: string, isOurs: (entry: Dirent) => boolean): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (isOurs(entry)) await rm(join(folder, entry.name), { recursive: true, force: true })
  }
}

/** None where there is no such folder, or not ours to read: that of a disk's own repairs has this name, too. */
export async function entriesOf(folder: string, recursive = false): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true, recursive })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) return []
    throw error
  }
}
