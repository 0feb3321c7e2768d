import type { Readable } from 'node:stream'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'

/** Bytes that are whole and durable, but no blob yet. Whoever staged them commits or discards them. */
export type StagedBlob = {
  readonly size: number
  /** Hex. */
  readonly sha256: string
  /** As zips have it: unsigned, 0 for no bytes. */
  readonly crc32: number
  /** Does nothing to what was committed. */
  discard(): Promise<void>
}

/** A blob as its row knows it; `size` in bytes. */
export type KnownBlob = { blobId: string; size: number }

/** Bytes as they come, or a file that a program wrote in a work folder; either is used up. */
export type BlobSource = AsyncIterable<ByteBatch> | { workFile: string }

export type StageLimits = {
  expectedBytes?: number
  /** Whoever stages it has seen to it that there is room. */
  isRoomEnsured?: boolean
  signal?: AbortSignal
  onProgress?(bytes: number): void
}

/** A private folder of this machine for programs that write files; its contents go with it. */
export type WorkFolder = { readonly path: string; [Symbol.asyncDispose](): Promise<void> }

/** A blob's bytes as they come in several goes; they outlive the process in between. */
export type PartialBlobs = {
  /** Begins one without bytes, durably; `size` is what it will have. */
  begin(id: string, size: number): Promise<void>
  /**
   * Puts bytes behind the first `offset`, over what lies there. `onDurable` is told how many are safe now, and
   * last of all of them, also where the source breaks off. Of one id one call at a time.
   * @throws what the source fails with, once all before that is safe; ApiFailure `unavailable`
   */
  append(id: string, source: AsyncIterable<ByteBatch>, options: AppendOptions): Promise<void>
  /**
   * What has come, to be committed; discarding it does nothing: `remove` does. Null unless it is just
   * `size` bytes.
   */
  stage(id: string, size: number): Promise<StagedBlob | null>
  /** Does nothing where there is none. */
  remove(id: string): Promise<void>
  /** Those that are there, of this process or of another. */
  ids(): Promise<string[]>
}

export type AppendOptions = {
  offset: number
  onDurable(bytes: number): Promise<void>
}

/** The headers that a blob is given with, and for how long. */
export type ShownAs = { type: string; disposition: string; seconds: number }

/** Stored bytes by blob id. What the storage itself fails with comes as ApiFailure `unavailable`. */
export type BlobStore = {
  /** `sweep` leaves these alone. */
  readonly partials: PartialBlobs
  /**
   * @throws ApiFailure `invalid_request` when not exactly `expectedBytes` came, `unavailable` when the
   * storage is nearly full or fails; the source's own errors; the signal's reason. Nothing stays then.
   */
  stage(source: BlobSource, limits?: StageLimits): Promise<StagedBlob>
  /**
   * Makes blobs of them, durably, all or none; resolves with their ids in order. Until they are
   * discarded, which is for when the blobs are listed, a crash leaves a trace that the client got no
   * answer.
   */
  commit(staged: readonly StagedBlob[]): Promise<string[]>
  /**
   * Notes in the unit that lists them that blobs which were committed are listed; null where nobody needs
   * to know. @throws ApiFailure `unavailable` where a sweep took one for a leftover: nothing may be listed
   */
  readonly settle: ((unit: UnitOfWork, blobIds: readonly string[]) => Promise<void>) | null
  /** Puts the same bytes in the place of a blob that is missing or damaged. */
  repair(blobId: string, staged: StagedBlob): Promise<void>
  /** Does nothing where there is no such blob. */
  remove(blobId: string): Promise<void>
  /** Whether it is there with all its bytes. */
  isWhole(blob: KnownBlob): Promise<boolean>
  /** @throws ApiFailure `unavailable` that says whether the blob is missing or damaged. */
  requireWhole(blob: KnownBlob): Promise<void>
  /**
   * The bytes of `range`: a few at once in memory, more as a stream that reads no faster than it is
   * taken and fails where bytes are missing. Whoever does not take them all destroys the stream.
   * @throws ApiFailure `unavailable` where the blob is missing, or longer or shorter than it was.
   */
  open(blob: KnownBlob, range: ByteRange): Promise<Readable | Uint8Array>
  /** All blobs that are there, whoever knows of them, in no order. */
  list(): AsyncIterable<KnownBlob>
  /**
   * An address outside this server that gives the blob to anybody for `seconds`; null where there is none
   * to give out.
   */
  readonly presign: ((blob: KnownBlob, as: ShownAs) => Promise<string>) | null
  /** A fresh one, gone when disposed and after the next sweep. */
  createWorkFolder(): Promise<WorkFolder>
  /**
   * A file in a work folder with the blob's bytes, for a program that reads and never writes it; not
   * copied where that can be helped. Its path. @throws ApiFailure `unavailable` where the blob is not whole.
   */
  lend(blob: KnownBlob, folder: WorkFolder): Promise<string>
  /** Whether the storage answers at all, full or not. Asked every few seconds. */
  isReachable(): Promise<boolean>
  /** @throws ApiFailure `unavailable` unless `bytes` more would leave a reserve. */
  ensureFreeSpace(bytes: number): Promise<void>
  /**
   * Deletes staged bytes and work folders that a process left when it ended: for the start, before
   * anything is staged. @throws what the storage fails with.
   */
  sweep(): Promise<void>
}
