/**
 * Bytes in a bucket that no file names yet. It goes in the transaction that lists their file; one that
 * nobody renews any more is swept, with its bytes.
 */
export type BlobClaimTable = {
  blob_id: string
  /** The server that is at work on it. */
  owner: string
  state: 'live' | 'expired' | 'dying'
  /** Goes up while its owner lives: no two servers' clocks need to agree. */
  beats: number
  /** What the bucket calls the upload in parts, where there is one. */
  upload_id: string | null
}

/** A blob that comes in several goes, in a bucket. */
export type PartialBlobTable = {
  id: string
  blob_id: string
  /** Bytes of the whole. */
  size: number
  /** Null before the first part. */
  upload_id: string | null
  /** Goes up with each who begins to write: one who was at it before cannot note anything any more. */
  turn: number
}
