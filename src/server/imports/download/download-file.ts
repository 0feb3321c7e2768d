import type { FileName } from '#contract/file-name.ts'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import type { Clock } from '#server/core/clock.ts'
import { closeBody, type OpenedUrl, type UrlOpener } from '#server/imports/source/open-url.ts'
import { openWithRetry } from '#server/imports/source/open-with-retry.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import type { OpenedSource } from '#server/imports/source/source-opening.ts'
import {
  explainEnded,
  ImportFailure,
  importErrorOf,
  liveStream,
  RefusedBySource,
  SilentSource,
  tooLarge,
} from '#server/imports/tasks/import-failure.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { decodeContent, readContentCodings } from './content-coding.ts'
import { importFileName } from './import-file-name.ts'
import { CannotResume, readSource } from './read-source.ts'
import { type SourceWatch, watchSource } from './watch-source.ts'

export type DownloadOptions = {
  openUrl: UrlOpener
  blobStore: BlobStore
  maxBytes: number
  patience: RetryPolicy
  clock: Clock
}

export type Download = {
  url: URL
  /** The answer to the first request, still open. Closed here, whatever happens. */
  source: OpenedSource
  asked: FileName | null
  signal: AbortSignal
  /** `total` is null where the source does not say. Bytes on the wire, which may be compressed. */
  onProgress(bytes: number, total: number | null): void
}

export type DownloadedFile = { name: FileName; staged: StagedBlob }

const startsMax = 3

/**
 * Downloads a link into the store, from an answer that is there. A broken connection is resumed where
 * the source allows it and proves that the file is still the same, else started again.
 * @throws ImportFailure or ApiFailure; the signal's reason when it aborts. Nothing stays behind.
 */
export async function downloadFile(
  deps: DownloadOptions,
  download: Download,
): Promise<DownloadedFile> {
  using watch = watchSource(deps.clock, deps.patience)
  const signal = AbortSignal.any([download.signal, watch.signal])
  const { cookies } = download.source
  let { answer: first, past } = download.source
  for (let start = 1; ; start += 1) {
    try {
      return await downloadOnce(deps, { ...download, signal }, { first, watch })
    } catch (error) {
      if (!(error instanceof CannotResume)) throw explainEnded(error, past)
      if (start === startsMax || error.cause instanceof SilentSource) throw failureOf(error)
      watch.wait(true)
      first = error.whole ?? (await openWithRetry(deps, download.url, { signal, cookies }))
      past = 'seen'
    }
  }
}

/** A silent source has used up its time and is not asked again. */
function failureOf({ cause, whole }: CannotResume): ImportFailure {
  if (whole !== null) closeBody(whole.body)
  return ImportFailure.of(importErrorOf(cause))
}

async function downloadOnce(
  deps: DownloadOptions,
  download: Download,
  { first, watch }: { first: OpenedUrl; watch: SourceWatch },
): Promise<DownloadedFile> {
  const { signal } = download
  const { maxBytes } = deps
  const { cookies } = download.source
  try {
    // Until the first byte: a site may answer at once and only then fetch the file.
    watch.wait(true)
    const total = checkAnswer(first, maxBytes)
    const type = first.headers['content-type']
    const name = importFileName({
      ...{ asked: download.asked, type, url: first.url },
      disposition: first.headers['content-disposition'],
    })
    const codings = readContentCodings(first.headers['content-encoding'], { name, type })
    const onBytes = (bytes: number) => download.onProgress(bytes, total)
    onBytes(0)
    const sent = countBytes(readSource(deps, { first, total, watch, cookies, signal }), {
      ...{ maxBytes, onBytes },
    })
    const isPlain = codings.length === 0
    const staged = await deps.blobStore.stage(
      isPlain ? sent : decodeContent(sent, codings, maxBytes),
      {
        signal,
        // A file that does not fit is refused before it fills the disk.
        ...(total === null || !isPlain ? {} : { expectedBytes: total }),
      },
    )
    return { name, staged }
  } finally {
    closeBody(first.body)
  }
}

/** The file's length on the wire, null where the answer does not say. */
function checkAnswer(answer: OpenedUrl, maxBytes: number): number | null {
  const length = lengthOf(answer)
  if (length !== null && length > maxBytes) throw ImportFailure.of(tooLarge)
  // A radio station: it plays until it is switched off.
  const isRadio = Object.keys(answer.headers).some((name) => name.startsWith('icy-'))
  if (length === null && isRadio) throw ImportFailure.of(liveStream)
  return length
}

function lengthOf({ status, headers }: OpenedUrl): number | null {
  // 201 carries what was just made, 203 is a 200 that a proxy has changed; 206 counts if it holds
  // the whole file.
  const isWhole = [200, 201, 203].includes(status)
  const length = isWhole ? headers['content-length'] : wholeRange(status, headers['content-range'])
  if (!isWhole && length === undefined) throw new RefusedBySource(status)
  return length === undefined ? null : Number(length)
}

function wholeRange(status: number, range: string | undefined): string | undefined {
  const [, last, total] = /^\s*bytes\s+0-(\d+)\/(\d+)\s*$/i.exec(range ?? '') ?? []
  return status === 206 && Number(last) + 1 === Number(total) ? total : undefined
}

async function* countBytes(
  source: AsyncGenerator<ByteBatch>,
  { maxBytes, onBytes }: { maxBytes: number; onBytes(bytes: number): void },
): AsyncGenerator<ByteBatch> {
  let bytes = 0
  for await (const batch of source) {
    for (const chunk of batch) bytes += chunk.length
    if (bytes > maxBytes) throw ImportFailure.of(tooLarge)
    yield batch
    onBytes(bytes)
  }
}
