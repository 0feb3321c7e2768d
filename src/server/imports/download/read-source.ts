import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import type { SourceCookies } from '#server/imports/source/open-url.ts'
import { closeBody, type OpenedUrl, type UrlOpener } from '#server/imports/source/open-url.ts'
import {
  isTransient,
  isTransientStatus,
  pauseAfter,
  pauseBefore,
} from '#server/imports/source/open-with-retry.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import { SilentSource } from '#server/imports/tasks/import-failure.ts'
import type { SourceWatch } from './watch-source.ts'

export type Source = {
  first: OpenedUrl
  /** Bytes of the whole file; null where the source does not say. */
  total: number | null
  watch: SourceWatch
  cookies: SourceCookies
  /** Aborts with the import, and with the watch: nothing here goes on for ever. */
  signal: AbortSignal
}

/**
 * The source broke off and cannot go on where it was, so it has to be fetched from the start.
 * `whole` is its answer from the start, where it gave that instead of the rest.
 */
export class CannotResume extends Error {
  readonly whole: OpenedUrl | null
  constructor(cause: unknown, whole: OpenedUrl | null = null) {
    super('', { cause })
    this.whole = whole
  }
}

type Deps = { openUrl: UrlOpener; patience: RetryPolicy }

/** How far the file is, and how often the source was asked since it last sent a byte. */
type Place = { bytes: number; idleTries: number; cause: unknown }

/**
 * The bytes of a whole file, across as many connections as it takes. Pieces are joined only while
 * the source proves that they are of the same file, or knows no versions and offers its pieces.
 * @throws CannotResume with what broke as its cause; the signal's reason
 */
export async function* readSource(deps: Deps, source: Source): AsyncGenerator<ByteBatch> {
  const place: Place = { bytes: 0, idleTries: 0, cause: null }
  let answer = source.first
  for (;;) {
    const failure = yield* readAnswer(answer, { ...deps, ...source }, (length) => {
      place.bytes += length
      place.idleTries = 0
    })
    const isWhole = source.total === null ? failure === null : place.bytes === source.total
    if (isWhole) return
    source.signal.throwIfAborted()
    place.cause = failure ?? Object.assign(new Error('short body'), { code: 'ECONNRESET' })
    answer = await resume(deps, source, place)
  }
}

/** Yields one answer's body and returns what broke it, null when it came to its end. */
async function* readAnswer(
  { body }: OpenedUrl,
  { watch, patience }: { watch: SourceWatch; patience: RetryPolicy },
  count: (length: number) => void,
): AsyncGenerator<ByteBatch, unknown> {
  using silence = watch.watchSilence(patience, (error) => body.destroy(error))
  try {
    for await (const batch of batchChunks(body, silence)) {
      for (const chunk of batch) count(chunk.length)
      yield batch
    }
    return null
  } catch (error) {
    return error
  } finally {
    closeBody(body)
  }
}

/** Asks for the rest until an answer settles whether it can be had. */
async function resume(deps: Deps, source: Source, place: Place): Promise<OpenedUrl> {
  const version = versionOf(source.first)
  // Without proof that it is the same file, halves of two files could be joined.
  const mayGoOn = version !== undefined || offersPieces(source)
  if (!mayGoOn || place.bytes === 0) throw new CannotResume(place.cause)
  source.watch.wait(false)
  let pause = (tries: number) => pauseBefore(tries, deps.patience, source.signal)
  for (;;) {
    place.idleTries += 1
    await pause(place.idleTries)
    const answer = await askForRest(deps, source, { place, version })
    if (isOpened(answer)) return answer
    pause = answer.pause
  }
}

/** What an `If-Range` may carry: "a strong ETag", or a date that is as strong. */
function versionOf({ headers }: OpenedUrl): string | undefined {
  const { etag, date, 'last-modified': modified } = headers
  if (etag !== undefined && !etag.startsWith('W/')) return etag
  // "At least one second earlier than the Date": what was written this second can be written again in it.
  const age = Date.parse(date ?? '') - Date.parse(modified ?? '')
  return age >= 1_000 ? modified : undefined
}

/** Simple servers send no validators. If they offer ranges all the same, the length has to do. */
function offersPieces({ first: { headers }, total }: Source): boolean {
  const hasVersion = headers.etag !== undefined || headers['last-modified'] !== undefined
  return !hasVersion && total !== null && headers['accept-ranges'] === 'bytes'
}

type AskAgain = { pause(tries: number): Promise<void> }

function isOpened(answer: OpenedUrl | AskAgain): answer is OpenedUrl {
  return 'body' in answer
}

/** The answer that continues the file, or how to wait before asking again. */
async function askForRest(
  deps: Deps,
  source: Source,
  { place, version }: { place: Place; version: string | undefined },
): Promise<OpenedUrl | AskAgain> {
  const { first, signal, watch, cookies } = source
  const { patience } = deps
  const headers = {
    range: `bytes=${place.bytes}-`,
    ...(version === undefined ? {} : { 'if-range': version }),
  }
  watch.wait(true)
  try {
    const answer = await deps.openUrl(first.url, { signal, headers, cookies })
    if (isTheRest(answer, source, { place, version })) return answer
    // It ignores ranges, or has another file by now: this is the whole file.
    if (answer.status === 200) throw new CannotResume(place.cause, answer)
    closeBody(answer.body)
    // Any other status is final.
    if (!isTransientStatus(answer.status)) throw new CannotResume(place.cause)
    return { pause: (tries) => waitAsTold(answer, source, { tries, patience, signal }) }
  } catch (error) {
    watch.wait(false)
    signal.throwIfAborted()
    if (error instanceof CannotResume) throw error
    if (!isTransient(error) && !(error instanceof SilentSource)) throw new CannotResume(error)
    return { pause: (tries) => pauseBefore(tries, patience, signal) }
  }
}

async function waitAsTold(
  answer: OpenedUrl,
  { watch }: Source,
  options: Parameters<typeof pauseAfter>[1],
): Promise<void> {
  // Only a wait that the source asked for is no silence.
  const isTold = answer.headers['retry-after'] !== undefined
  watch.wait(isTold)
  try {
    await pauseAfter(answer, options)
  } finally {
    watch.wait(false)
  }
}

/** Some sources honour Range and ignore If-Range, so the validators are compared, too. */
function isTheRest(
  answer: OpenedUrl,
  { first, total }: Source,
  { place: { bytes }, version }: { place: Place; version: string | undefined },
): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '')
  if (answer.status !== 206 || range === null || Number(range[1]) !== bytes) return false
  const isLengthTold = range[2] !== '*'
  if (total !== null && isLengthTold && Number(range[2]) !== total) return false
  // "A 206 must carry the ETag" of the whole; without it nothing says that it is the same file.
  if (version === first.headers.etag && answer.headers.etag !== version) return false
  if (version === undefined && !isLengthTold) return false
  const proofs = ['etag', 'last-modified', 'content-encoding'] as const
  return proofs.every((name) => {
    const told = answer.headers[name]
    return told === undefined || told === first.headers[name]
  })
}
