import { ApiFailure } from '#server/core/failure.ts'
import type { Disk } from './disk.ts'

/**
 * Left free on the disk: a database without room for its log could not even be read properly. Of a
 * small disk a part, or nothing would ever fit on it.
 */
const maxReserveBytes = 256 * 1024 * 1024
const reservedPart = 1 / 16

/** `blobs` is where the bytes go. */
type FreeSpaceOptions = { dataFolder: string; blobs: string; disk: Disk }

/** @throws ApiFailure `unavailable` unless `bytes` more would leave the disk its reserve. */
export type EnsureFreeSpace = (bytes: number) => Promise<void>

export async function createEnsureFreeSpace({
  dataFolder,
  blobs,
  disk,
}: FreeSpaceOptions): Promise<EnsureFreeSpace> {
  const reserves = new Map<string, number>()
  // The database needs room as well, also where it is on another disk.
  for (const folder of [blobs, dataFolder]) {
    reserves.set(folder, Math.min(maxReserveBytes, (await disk.totalBytes(folder)) * reservedPart))
  }
  return async (bytes) => {
    for (const [folder, reserve] of reserves) {
      const wanted = folder === blobs ? bytes : 0
      if ((await disk.freeBytes(folder)) - wanted >= reserve) continue
      throw new ApiFailure('unavailable', 'The server has too little storage left for this file.')
    }
  }
}
