export type StageLimits = {
  maxBytes: number
  expectedBytes?: number
  signal?: AbortSignal
  onProgress?(bytes: number): void
}

/** A file that is whole and fsynced, but not listed. Whoever staged it keeps or discards it. */
export type StagedBlob = {
  path: string
  size: number
  /** Hex. */
  sha256: string
  discard(): Promise<void>
}

export type WorkFolder = { path: string; [Symbol.asyncDispose](): Promise<void> }

/** Stored bytes by blob id, all on one file system. */
export type BlobStore = {
  /**
   * Writes `source` to a new file. Throws ApiFailure: `payload_too_large` over `maxBytes`,
   * `invalid_request` when not exactly `expectedBytes` came, `unavailable` when the disk is (nearly)
   * full or fails; and the signal's reason. Nothing stays behind then.
   */
  stage(source: AsyncIterable<Uint8Array>, limits: StageLimits): Promise<StagedBlob>
  /** Takes over a file that some program wrote in a work folder: hashed and fsynced. */
  adopt(path: string): Promise<StagedBlob>
  /** A private folder on the same file system, gone when disposed and after the next start. */
  createWorkFolder(): Promise<WorkFolder>
  /** Renames into place and fsyncs the folder; resolves with the blob's id. */
  keep(staged: StagedBlob): Promise<string>
  remove(blobId: string): Promise<void>
  pathOf(blobId: string): string
}
