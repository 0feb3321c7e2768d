import { ApiFailure } from '#server/core/failure.ts'
import type { KnownBlob } from './blob-store.ts'

/** Why a blob cannot be read. `found` null: there is no such blob. */
export function notWhole({ blobId, size }: KnownBlob, found: { size: number } | null): ApiFailure {
  if (found === null) {
    return new ApiFailure(
      'unavailable',
      'The bytes of this file are missing on the server. Upload the file once more, or have them brought back.',
      { cause: new Error(`The blob ${blobId} is missing.`) },
    )
  }
  return new ApiFailure(
    'unavailable',
    `This file is damaged on the server: it has ${found.size} bytes where ${size} were stored. Upload the file once more, or have it brought back.`,
    { cause: new Error(`The blob ${blobId} has ${found.size} bytes, not ${size}.`) },
  )
}
