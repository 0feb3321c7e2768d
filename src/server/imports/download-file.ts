import { setTimeout as wait } from 'node:timers/promises'
import type { FileName } from '#contract/file-name.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { type ByteBatch, readBatches } from '#server/storage/read-batches.ts'
import { ImportFailure } from './import-failure.ts'
import { importFailureText, statusText } from './import-failure-text.ts'
import { importFileName } from './import-file-name.ts'
import { closeBody, type OpenedUrl, type UrlOpener } from './open-url.ts'

export type DownloadParts = { openUrl: UrlOpener; blobStore: BlobStore; maxBytes: number }

export type Download = {
  url: URL
  asked: FileName | null
  signal: AbortSignal
  /** `total` is null where the source does not say. */
  onProgress(bytes: number, total: number | null): void
}

export type DownloadedFile = { name: FileName; staged: StagedBlob }

const startsMax = 3
const resumesMax = 5
const firstPauseMs = 300

/** The source broke off and cannot go on where it was, so it has to be fetched from the start. */
class CannotResume extends Error {}

/**
 * Downloads a link into the store. A broken connection is resumed where the source allows it and
 * proves that the file is still the same, else started again.
 * @throws ImportFailure or ApiFailure; the signal's reason when it aborts. Nothing stays behind.
 */
export async function downloadFile(
  parts: DownloadParts,
  download: Download,
): Promise<DownloadedFile> {
  for (let start = 1; ; start += 1) {
    try {
      return await downloadOnce(parts, download)
    } catch (error) {
      if (!(error instanceof CannotResume)) throw error
      if (start === startsMax) throw new ImportFailure(importFailureText(error.cause))
    }
  }
}

async function downloadOnce(parts: DownloadParts, download: Download): Promise<DownloadedFile> {
  const first = await parts.openUrl(download.url, { signal: download.signal })
  try {
    const total = checkAnswer(first, parts.maxBytes)
    const name = importFileName({
      asked: download.asked,
      disposition: first.headers['content-disposition'],
      url: first.url,
    })
    checkEncoding(first, name)
    download.onProgress(0, total)
    const staged = await parts.blobStore.stage(readWhole(parts, download, { first, total }), {
      maxBytes: parts.maxBytes,
      signal: download.signal,
      onProgress: (bytes) => download.onProgress(bytes, total),
    })
    return { name, staged }
  } finally {
    closeBody(first.body)
  }
}

/** The answer's length, null where it does not say. */
function checkAnswer(answer: OpenedUrl, maxBytes: number): number | null {
  // A 206 that nobody asked for is a piece of something, not a file.
  if (answer.status !== 200) throw new ImportFailure(statusText(answer.status))
  const length = answer.headers['content-length']
  if (length === undefined) return null
  if (Number(length) > maxBytes) throw new ImportFailure('It is larger than this server accepts.')
  return Number(length)
}

function checkEncoding(answer: OpenedUrl, name: string): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity'
  // Some servers call an archive's own compression the transfer's.
  if (encoding === 'identity' || /\.(t?gz|br|zst)$/i.test(name)) return
  throw new ImportFailure('The site sends that file compressed although it was asked not to.')
}

/** The bytes of the whole file, across as many connections as it takes. */
async function* readWhole(
  parts: DownloadParts,
  download: Download,
  source: { first: OpenedUrl; total: number | null },
): AsyncGenerator<ByteBatch> {
  let answer = source.first
  let bytes = 0
  let idleTries = 0
  for (;;) {
    const before = bytes
    const failure = yield* readAnswer(answer, (length) => {
      bytes += length
    })
    const isWhole = source.total === null ? failure === null : bytes === source.total
    if (isWhole) return
    download.signal.throwIfAborted()
    idleTries = bytes > before ? 0 : idleTries + 1
    const cause = failure ?? Object.assign(new Error('short body'), { code: 'ECONNRESET' })
    if (idleTries > resumesMax) throw new ImportFailure(importFailureText(cause))
    await wait(firstPauseMs * 2 ** idleTries, undefined, { signal: download.signal })
    answer = await resume(parts, download, { first: source.first, bytes, cause })
  }
}

/** Yields one answer's body and returns what broke it, null when it came to its end. */
async function* readAnswer(
  answer: OpenedUrl,
  count: (length: number) => void,
): AsyncGenerator<ByteBatch, unknown> {
  try {
    for await (const batch of readBatches(answer.body)) {
      for (const chunk of batch) count(chunk.length)
      yield batch
    }
    return null
  } catch (error) {
    return error
  } finally {
    closeBody(answer.body)
  }
}

async function resume(
  parts: DownloadParts,
  download: Download,
  at: { first: OpenedUrl; bytes: number; cause: unknown },
): Promise<OpenedUrl> {
  const etag = at.first.headers.etag
  const isStrong = etag !== undefined && !etag.startsWith('W/')
  const version = isStrong ? etag : at.first.headers['last-modified']
  // Without a proof that the file is the same, two halves of two files could be joined.
  if (version === undefined || at.bytes === 0) throw new CannotResume('', { cause: at.cause })
  const answer = await parts
    .openUrl(at.first.url, {
      signal: download.signal,
      headers: { range: `bytes=${at.bytes}-`, 'if-range': version },
    })
    .catch((error: unknown) => {
      download.signal.throwIfAborted()
      throw new CannotResume('', { cause: error })
    })
  const range = answer.headers['content-range'] ?? ''
  if (answer.status === 206 && range.startsWith(`bytes ${at.bytes}-`)) return answer
  closeBody(answer.body)
  throw new CannotResume('', { cause: at.cause })
}
