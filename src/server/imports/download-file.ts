import type { FileName } from '#contract/file-name.ts'
import type { Clock } from '#server/http/clock.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { type PaceWatch, watchPace } from '#server/storage/watch-pace.ts'
import { ImportFailure } from './import-failure.ts'
import { importFailureText, statusText } from './import-failure-text.ts'
import { importFileName } from './import-file-name.ts'
import { openPatiently } from './open-patiently.ts'
import { closeBody, type OpenedUrl, type UrlOpener } from './open-url.ts'
import { CannotResume, readSource } from './read-source.ts'
import type { SourcePatience } from './source-patience.ts'

export type DownloadParts = {
  openUrl: UrlOpener
  blobStore: BlobStore
  maxBytes: number
  patience: SourcePatience
  clock: Clock
}

export type Download = {
  url: URL
  asked: FileName | null
  signal: AbortSignal
  /** `total` is null where the source does not say. */
  onProgress(bytes: number, total: number | null): void
}

export type DownloadedFile = { name: FileName; staged: StagedBlob }

const startsMax = 3

/**
 * Downloads a link into the store. A broken connection is resumed where the source allows it and
 * proves that the file is still the same, else started again.
 * @throws ImportFailure or ApiFailure; the signal's reason when it aborts. Nothing stays behind.
 */
export async function downloadFile(
  parts: DownloadParts,
  download: Download,
): Promise<DownloadedFile> {
  using watch = watchSource(parts)
  const signal = AbortSignal.any([download.signal, watch.signal])
  for (let start = 1; ; start += 1) {
    try {
      return await downloadOnce(parts, { ...download, signal }, watch)
    } catch (error) {
      if (!(error instanceof CannotResume)) throw error
      if (start === startsMax) throw new ImportFailure(importFailureText(error.cause))
    }
  }
}

/** One watch over all connections: a source cannot win time by breaking them. */
function watchSource({ clock, patience }: DownloadParts): PaceWatch {
  let hasSent = false
  const idleText = () =>
    hasSent ? 'The site stopped in the middle and did not go on.' : 'The site does not answer.'
  const watch = watchPace(clock, patience.pace, (why) => {
    return new ImportFailure(why === 'idle' ? idleText() : 'The site sends the file too slowly.')
  })
  return {
    ...watch,
    note(bytes) {
      hasSent = true
      watch.note(bytes)
    },
  }
}

async function downloadOnce(
  parts: DownloadParts,
  download: Download,
  watch: PaceWatch,
): Promise<DownloadedFile> {
  const { signal } = download
  const first = await openPatiently(parts, download.url, { signal })
  try {
    const total = checkAnswer(first, parts.maxBytes)
    const name = importFileName({
      asked: download.asked,
      disposition: first.headers['content-disposition'],
      url: first.url,
    })
    checkEncoding(first, name)
    download.onProgress(0, total)
    const staged = await parts.blobStore.stage(readSource(parts, { first, total, watch, signal }), {
      maxBytes: parts.maxBytes,
      // So that one the disk has no room for is refused before it fills what is left.
      ...(total === null ? {} : { expectedBytes: total }),
      signal,
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
