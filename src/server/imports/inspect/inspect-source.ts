import { importFileName } from '#server/imports/download/import-file-name.ts'
import { type FindTools, requireTools } from '#server/imports/programs/media-tools.ts'
import { guessImportType } from '#server/imports/source/detect-import-type.ts'
import type { UrlOpener } from '#server/imports/source/open-url.ts'
import { type OpenedPage, readPage } from '#server/imports/source/read-page.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import { openSource } from '#server/imports/source/source-opening.ts'
import {
  type ImportError,
  ImportFailure,
  importErrorOf,
  RefusedBySource,
} from '#server/imports/tasks/import-failure.ts'
import { noVideo } from '#server/imports/video/yt-dlp-failure-text.ts'
import { fetchPicture } from './fetch-picture.ts'
import type { LookEntry, LookVideo } from './read-look.ts'
import { type RunLookOptions, runLook } from './run-look.ts'

export type InspectSourceOptions = RunLookOptions & {
  openUrl: UrlOpener
  patience: RetryPolicy
  tools: FindTools
}

/** What a link leads to. */
export type Look =
  | { kind: 'file'; title: string; size: number | null }
  | { kind: 'video'; video: LookVideo; picture: Awaited<ReturnType<typeof fetchPicture>> | null }
  | { kind: 'list'; title: string; entries: LookEntry[]; isComplete: boolean }
  | { kind: 'none'; error: ImportError }

/** A site that has said nothing by then is asked by yt-dlp, or said to be silent. */
const openMs = 8_000

/**
 * Looks at a link. What a site does wrong is an answer, too, in the words of imports.
 * @throws the signal's reason when it aborts; ApiFailure `feature_disabled`, or `unavailable` where the
 * disk is full
 */
export async function inspectSource(
  deps: InspectSourceOptions,
  url: URL,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const found = await open(deps, url, signal)
    if (found.kind === 'file') return found
    const { page } = found
    const tools = await requireTools(deps.tools)
    const { read, isCut } = await runLook(deps, { url, page, tools, signal })
    const list = read.list()
    if (list !== null) {
      const { title, entries, count } = list
      const isComplete = !isCut && (count === null || count <= entries.length)
      return { kind: 'list', title, entries, isComplete }
    }
    const video = read.video()
    if (video === null) return { kind: 'none', error: emptyList }
    if (video.isUnknown) throw ImportFailure.of(noVideo)
    const { thumbnail } = video
    const picture = thumbnail && (await fetchPicture(deps.openUrl, thumbnail, signal))
    return { kind: 'video', video, picture }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ImportFailure) && !isOfNetwork(error)) throw error
    return { kind: 'none', error: importErrorOf(error) }
  }
}

const emptyList: ImportError = { code: 'no_video', message: 'That list is empty.' }

function isOfNetwork(error: unknown): boolean {
  const isCoded = typeof (error as { code?: unknown }).code === 'string'
  return isCoded && importErrorOf(error).code !== 'server_error'
}

type Opened = Extract<Look, { kind: 'file' }> | { kind: 'page'; page: OpenedPage | null }

/** A file, or what yt-dlp is to look into. @throws ImportFailure, or the connection's error */
async function open(deps: InspectSourceOptions, url: URL, signal: AbortSignal): Promise<Opened> {
  const opening = openSource(deps, url)
  const timer = setTimeout(() => opening.close(), openMs)
  signal.addEventListener('abort', opening.close)
  try {
    if ((await opening.type) === 'video') {
      return { kind: 'page', page: await readPage(url, opening) }
    }
    const { answer } = await opening.opened
    const { status, headers } = answer
    if (status !== 200) throw new RefusedBySource(status)
    const title = importFileName({
      ...{ asked: null, url: answer.url, type: headers['content-type'] },
      disposition: headers['content-disposition'],
    })
    const size = Number(headers['content-length'] ?? Number.NaN)
    return { kind: 'file', title, size: Number.isSafeInteger(size) ? size : null }
  } catch (error) {
    signal.throwIfAborted()
    const isLate = (error as Error).name === 'AbortError'
    if (isLate && guessImportType(url) === 'video') return { kind: 'page', page: null }
    throw isLate ? new ImportFailure('site_error', 'The site does not answer.') : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', opening.close)
    opening.close()
  }
}
