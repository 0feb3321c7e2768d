import { readdir, stat } from 'node:fs/promises'
import { delimiter, extname, join } from 'node:path'
import type { VideoOptions } from '#contract/imports.ts'
import type { Clock } from '#server/http/clock.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { AddressGuard } from './address-guard.ts'
import { type FilteringProxy, proxyPhrase, startFilteringProxy } from './filtering-proxy.ts'
import { ForbiddenAddress, ImportFailure } from './import-failure.ts'
import { importFailureText, noVideoReason, ytDlpFailureText } from './import-failure-text.ts'
import type { ProgressReading } from './import-progress.ts'
import { createImportWorkFolder, type ImportWorkFolder } from './import-work-folder.ts'
import type { MediaTools } from './media-tools.ts'
import { runProgram } from './run-program.ts'
import type { SourcePatience } from './source-patience.ts'
import { watchVideoPace } from './watch-video-pace.ts'
import { ytDlpArguments } from './yt-dlp-arguments.ts'
import { createVideoProgress, type VideoProgress } from './yt-dlp-progress.ts'

export type FetchedVideo = {
  title: string
  /** Videos on the page; the first one is what was fetched. */
  videosOnPage: number
  /** `ending` is what follows the title in the name: `.mp4`, `.en.vtt`, `.jpg`. */
  files: { path: string; ending: string }[]
}

export type VideoFetchParts = {
  guard: AddressGuard
  blobStore: Pick<BlobStore, 'createWorkFolder' | 'requireRoom'>
  clock: Clock
  maxBytes: number
  silentForMs: number
  patience: Pick<SourcePatience, 'pace'>
}

export type VideoFetch = {
  url: URL
  video: VideoOptions
  tools: MediaTools
  signal: AbortSignal
  onProgress(reading: ProgressReading): void
}

/**
 * Fetches the video of a page with yt-dlp and hands its files to `use`; they are gone afterwards.
 * @throws ImportFailure with the reason for people; `unavailable` when the disk gets nearly full;
 * the signal's reason when it aborts
 */
export async function fetchVideo<Result>(
  parts: VideoFetchParts,
  fetch: VideoFetch,
  use: (video: FetchedVideo) => Promise<Result>,
): Promise<Result> {
  await parts.blobStore.requireRoom(0)
  await using work = await createImportWorkFolder(parts.blobStore, fetch.tools)
  const refusal = new AbortController()
  const onTooLarge = () => refusal.abort(tooLarge())
  using pace = watchVideoPace(parts.clock, parts.patience.pace, refusal)
  await using proxy = await startFilteringProxy({
    guard: parts.guard,
    onBytes(bytes) {
      // Picture and sound may each be fetched again after a break: twice the limit is never needed.
      if (pace.note(bytes) > parts.maxBytes * 2) onTooLarge()
    },
  })
  // yt-dlp and ffmpeg write by themselves, not through the store that keeps the disk's reserve.
  const watch = setInterval(() => {
    parts.blobStore.requireRoom(0).catch((error: unknown) => refusal.abort(error))
  }, lookAtDiskEveryMs)
  using _watch = { [Symbol.dispose]: () => clearInterval(watch) }
  const progress = createVideoProgress()
  const errors: string[] = []
  const code = await runProgram({
    command: commandFor(parts, fetch, work),
    cwd: work.output,
    env: environmentFor(work, proxy),
    mark: work.mark,
    signal: AbortSignal.any([fetch.signal, refusal.signal]),
    clock: parts.clock,
    silentForMs: parts.silentForMs,
    onLine(line) {
      if (!progress.read(line)) {
        if (line.startsWith('ERROR:')) errors.push(line)
        return
      }
      if (progress.bytes() > parts.maxBytes) onTooLarge()
      if (progress.isLive()) refusal.abort(new ImportFailure('Live streams cannot be imported.'))
      fetch.onProgress({
        percent: progress.percent(),
        bytes: progress.bytes(),
        title: progress.title(),
      })
    },
  })
  if (await isTooLarge(work.output, parts.maxBytes, code !== 0)) throw tooLarge()
  if (code !== 0) throw failureOf(proxy.failure(), errors)
  return await use(await readResult(work.output, progress))
}

/** What the proxy could not reach is told in its words: yt-dlp knows only that a proxy said no. */
function failureOf(unreached: unknown, errors: string[]): ImportFailure {
  if (unreached instanceof ForbiddenAddress) return unreached
  const isUnreached = unreached !== null && errors.at(-1)?.includes(proxyPhrase) === true
  return new ImportFailure(isUnreached ? importFailureText(unreached) : ytDlpFailureText(errors))
}

const tooLarge = () => new ImportFailure('It is larger than this server accepts.')

/**
 * Joined and converted files are larger than what came in. Where the system bounds them itself, a
 * program ends at the limit without saying why.
 */
async function isTooLarge(output: string, maxBytes: number, hasFailed: boolean): Promise<boolean> {
  const names = await readdir(output)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(output, name))).size))
  return sizes.some((size) => size > maxBytes || (hasFailed && size === maxBytes))
}

async function readResult(output: string, progress: VideoProgress): Promise<FetchedVideo> {
  const names = await readdir(output)
  const files = names
    .filter((name) => /^video(\.[\w-]+)?\.\w+$/.test(name) && !/\.(part|ytdl|temp)$/.test(name))
    .map((name) => ({ path: join(output, name), ending: name.slice('video'.length) }))
  const isVideo = ({ ending }: { ending: string }) => !sideEndings.has(extname(ending))
  // What is no page and no media that yt-dlp knows is taken for a video by it, even a line of text.
  const isUnknown = files.some(({ ending }) => ending === '.unknown_video')
  if (isUnknown || !files.some(isVideo)) throw new ImportFailure(noVideoReason)
  return { title: progress.title() ?? '', videosOnPage: progress.videosOnPage(), files }
}

const sideEndings = new Set(['.vtt', '.srt', '.ass', '.ttml', '.lrc', '.jpg', '.png', '.webp'])

function commandFor(
  parts: VideoFetchParts,
  { tools, url, video }: VideoFetch,
  work: ImportWorkFolder,
): [string, ...string[]] {
  const dieWithServer = tools.setpriv === null ? [] : [tools.setpriv, '--pdeathsig', 'KILL', '--']
  // yt-dlp reads a page whole, also one that never ends or unpacks to more than there is memory.
  const memory = `--as=${pageMemoryMaxBytes}:${mediaMemoryMaxBytes}`
  const bounded =
    tools.prlimit === null
      ? []
      : [tools.prlimit, memory, `--fsize=${parts.maxBytes}`, '--core=0', '--']
  return [
    ...dieWithServer,
    ...bounded,
    ...tools.ytDlp,
    ...ytDlpArguments(url, video, work.programs),
  ] as unknown as [string, ...string[]]
}

const lookAtDiskEveryMs = 250
const pageMemoryMaxBytes = 1024 ** 3
/** The media tools raise their own limit to this: each of their threads takes room for itself. */
const mediaMemoryMaxBytes = 4 * 1024 ** 3

function environmentFor(work: ImportWorkFolder, proxy: FilteringProxy): Record<string, string> {
  const programs = ['ffmpeg', 'ffprobe'].map((name) => join(work.programs, name))
  return {
    PATH: work.programs,
    HOME: work.home,
    TMPDIR: work.home,
    LC_ALL: 'C.UTF-8',
    // By environment, not by --proxy: that option leaves ftp alone, and arguments are for all to see.
    http_proxy: proxy.url,
    https_proxy: proxy.url,
    ftp_proxy: proxy.url,
    all_proxy: proxy.url,
    YTDLP_NO_PLUGINS: '1',
    PYTHONPATH: join(import.meta.dirname, 'python-guard'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    BARKEEP_PROXY_PORT: String(proxy.port),
    BARKEEP_PROGRAMS: programs.join(delimiter),
  }
}
