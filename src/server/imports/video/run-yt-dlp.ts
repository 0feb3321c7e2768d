import { rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import {
  type MinThroughput,
  monitorThroughput,
  type ThroughputMonitor,
} from '#server/bytes/throughput-monitor.ts'
import type { Clock } from '#server/core/clock.ts'
import { startFilteringProxy } from '#server/imports/guard/filtering-proxy.ts'
import type { MediaTools } from '#server/imports/programs/media-tools.ts'
import { runProgram } from '#server/imports/programs/run-program.ts'
import type { ImportWorkFolder } from '#server/imports/programs/work-folder.ts'
import { ImportFailure, tooLarge } from '#server/imports/tasks/import-failure.ts'
import { handOverPage } from './hand-over-page.ts'
import type { VideoFetch, VideoFetchOptions } from './yt-dlp.ts'
import { ytDlpArguments, ytDlpMarks } from './yt-dlp-arguments.ts'
import { liveError } from './yt-dlp-failure-text.ts'
import { createVideoProgress, type VideoProgress } from './yt-dlp-progress.ts'

export type YtDlpRun = {
  /** Null where it was killed or stopped. */
  code: number | null
  /** Why we stopped it; null where it ended by itself. */
  stopped: unknown
  progress: VideoProgress
  errors: string[]
  warnings: string[]
  /** What its proxy could not reach, null where there was nothing. */
  unreached: unknown
}

/**
 * One run of yt-dlp in a work folder.
 * @throws the reason of the fetch's signal; whatever else ends it is in the answer
 */
export async function runYtDlp(
  deps: VideoFetchOptions,
  fetch: VideoFetch,
  work: ImportWorkFolder,
): Promise<YtDlpRun> {
  const refusal = new AbortController()
  const onTooLarge = () => refusal.abort(ImportFailure.of(tooLarge))
  using pace = monitorVideoThroughput(deps.clock, deps.patience.pace, refusal)
  await using proxy = await startFilteringProxy({
    guard: deps.guard,
    onBytes(bytes) {
      // Twice the limit, because a broken picture or sound may be fetched again.
      if (pace.note(bytes) > deps.maxBytes * 2) onTooLarge()
    },
  })
  // yt-dlp and ffmpeg write by themselves, not through the store that keeps the disk's reserve.
  const watch = setInterval(() => {
    deps.blobStore.ensureFreeSpace(0).catch((error: unknown) => refusal.abort(error))
  }, lookAtDiskEveryMs)
  using _watch = { [Symbol.dispose]: () => clearInterval(watch) }
  const progress = createVideoProgress()
  const lines = { errors: [] as string[], warnings: [] as string[] }

  function note(line: string): void {
    if (line.startsWith('ERROR:')) lines.errors.push(line)
    if (line.startsWith('WARNING:') && lines.warnings.length < warningsMax)
      lines.warnings.push(line)
  }

  function onLine(text: string): void {
    // A step's line has no end of its own: what goes wrong in the step follows in the same line.
    const isStep = text.startsWith(ytDlpMarks.step)
    const parts = isStep ? text.split(/(?<=\})(?=(?:ERROR|WARNING):|BARKEEP-)/) : [text]
    for (const part of parts) onWhole(part)
  }

  function onWhole(line: string): void {
    if (!progress.read(line)) {
      note(line)
      return
    }
    if (progress.bytes() > deps.maxBytes) onTooLarge()
    const live = progress.live()
    if (live !== null) refusal.abort(ImportFailure.of(liveError[live]))
    fetch.onProgress(progress.reading())
  }

  const ended = (code: number | null) => ({ progress, ...lines, code, unreached: proxy.failure() })
  const cookiesFile = await writeCookies(work, fetch.cookies)
  const page = await handOverPage(work, fetch.page)
  try {
    const code = await runProgram({
      command: [
        ...programLimits(deps, fetch.tools),
        ...fetch.tools.ytDlp,
        ...(cookiesFile === null ? [] : ['--cookies', cookiesFile]),
        ...ytDlpArguments(fetch.url, fetch.video, work.programs),
      ] as unknown as [string, ...string[]],
      cwd: work.output,
      env: { ...environmentFor(work, proxy), ...page },
      mark: work.mark,
      signal: AbortSignal.any([fetch.signal, refusal.signal]),
      clock: deps.clock,
      silentForMs: deps.silentForMs,
      onLine,
    })
    // Its last line may have come after it ended.
    return { ...ended(code), stopped: refusal.signal.aborted ? refusal.signal.reason : null }
  } catch (error) {
    fetch.signal.throwIfAborted()
    return { ...ended(null), stopped: error }
  } finally {
    // It wrote into it what the site set meanwhile.
    if (cookiesFile !== null) await rm(cookiesFile, { force: true })
  }
}

/** A file that only the server's own user reads, beside the empty home; null where there are none. */
export async function writeCookies(
  work: ImportWorkFolder,
  text: string | null,
): Promise<string | null> {
  if (text === null) return null
  const path = join(work.home, 'cookies.txt')
  await writeFile(path, text, { mode: 0o600 })
  return path
}

/**
 * The prefix of a program's command: it makes the program die with the server, and bounds its
 * memory and files.
 */
export function programLimits(
  { maxBytes }: Pick<VideoFetchOptions, 'maxBytes'>,
  tools: MediaTools,
): string[] {
  const dieWithServer = tools.setpriv === null ? [] : [tools.setpriv, '--pdeathsig', 'KILL', '--']
  // yt-dlp reads a page into memory, even one that never ends or expands without bound.
  const memory = `--as=${pageMemoryMaxBytes}:${mediaMemoryMaxBytes}`
  const bounded =
    tools.prlimit === null ? [] : [tools.prlimit, memory, `--fsize=${maxBytes}`, '--core=0', '--']
  return [...dieWithServer, ...bounded]
}

const warningsMax = 1000
const lookAtDiskEveryMs = 250
const pageMemoryMaxBytes = 1024 ** 3
/** The media tools raise their soft limit to this: each of their threads needs address space. */
const mediaMemoryMaxBytes = 4 * 1024 ** 3

/** All that yt-dlp gets of an environment: the way out is the proxy, the programs are the wrapped ones. */
export function environmentFor(
  work: ImportWorkFolder,
  proxy: { url: string; port: number },
): Record<string, string> {
  const programs = ['ffmpeg', 'ffprobe'].map((name) => join(work.programs, name))
  return {
    PATH: work.programs,
    HOME: work.home,
    TMPDIR: work.home,
    LC_ALL: 'C.UTF-8',
    // By environment, not by --proxy: that option ignores ftp, and arguments are visible to all
    // users.
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

export type VideoThroughputMonitor = Disposable & {
  /** Notes bytes that arrived, and tells how many have by now. */
  note(bytes: number): number
}

/**
 * Ends a video whose site trickles: yt-dlp waits as long as a byte comes now and then. Counts
 * from the first byte. Silence is allowed, because joining and converting receive nothing.
 */
function monitorVideoThroughput(
  clock: Clock,
  pace: MinThroughput,
  refusal: AbortController,
): VideoThroughputMonitor {
  let watch: ThroughputMonitor | null = null
  let arrived = 0
  return {
    note(bytes) {
      watch ??= monitorThroughput(clock, { ...pace, idleMs: Number.POSITIVE_INFINITY }, () => {
        const failure = new ImportFailure('site_error', 'The site sends the video too slowly.')
        refusal.abort(failure)
        return failure
      })
      watch.note(bytes)
      arrived += bytes
      return arrived
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  }
}
