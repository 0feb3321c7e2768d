import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '#server/core/config.ts'
import { isStorageFailure } from '#server/core/failure.ts'
import type { Disk, WritableFile } from '#server/storage/disk/disk.ts'

/** What a server with a bucket needs of its own disk: bytes on their way, and room for programs. */
export type Scratch = { folder: string; staging: string; work: string }

/**
 * Makes its folders, and tries to write there.
 * @throws ConfigError where nothing can be written
 */
export async function openScratch(dataFolder: string, disk: Disk): Promise<Scratch> {
  const scratch = {
    folder: dataFolder,
    staging: join(dataFolder, 'staging'),
    work: join(dataFolder, 'work'),
  }
  const probe = join(scratch.staging, 'probe')
  try {
    for (const folder of [scratch.staging, scratch.work]) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    }
    await rm(probe, { force: true })
    await using file = await disk.create(probe)
    await file.writev([new Uint8Array(1)], 0)
    return scratch
  } catch (error) {
    if (!isStorageFailure(error)) throw error
    throw new ConfigError(
      `Nothing can be written in ${dataFolder} (${(error as Error).message}), where files lie on their way to the bucket. Make it a writable folder of a disk with room, or set BARKEEP_DATA to another folder.`,
    )
  } finally {
    await rm(probe, { force: true }).catch(() => {})
  }
}

/** What is on its way to a bucket need not survive a power cut here. */
export function withoutSync(file: WritableFile): WritableFile {
  return {
    writev: file.writev.bind(file) as WritableFile['writev'],
    datasync: async () => {},
    sync: async () => {},
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}
