import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { VideoOptions } from '#contract/imports.ts'
import type { Clock } from '#server/core/clock.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { proxyPhrase } from '#server/imports/guard/filtering-proxy.ts'
import type { MediaTools } from '#server/imports/programs/media-tools.ts'
import { runProgram } from '#server/imports/programs/run-program.ts'
import {
  createImportWorkFolder,
  type ImportWorkFolder,
} from '#server/imports/programs/work-folder.ts'
import type { OpenedPage } from '#server/imports/source/read-page.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import {
  ForbiddenAddress,
  ImportFailure,
  importErrorOf,
  tooLarge,
} from '#server/imports/tasks/import-failure.ts'
import type { ProgressReading } from '#server/imports/tasks/import-tasks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import { cutSection } from './cut-section.ts'
import { refuseNoMedia } from './refuse-no-media.ts'
import { programLimits, runYtDlp, type YtDlpRun } from './run-yt-dlp.ts'
import { gatherVideoFiles, type LeftOut, listVideoFiles, type VideoFile } from './video-files.ts'
import { missedExtras } from './video-notes.ts'
import { ytDlpFailure } from './yt-dlp-failure-text.ts'
import type { VideoProgress } from './yt-dlp-progress.ts'

export type FetchedVideo = {
  title: string
  /** Videos on the page; the first one is what was fetched. */
  videosOnPage: number
  files: VideoFile[]
  leftOut: LeftOut[]
  /** yt-dlp failed once the video was complete. */
  isUnprepared: boolean
  /** The language that was asked for and that no sound is in; null mostly. */
  missedSound: string | null
}

export type VideoFetchOptions = {
  guard: AddressGuard
  blobStore: Pick<BlobStore, 'createWorkFolder' | 'ensureFreeSpace'>
  clock: Clock
  maxBytes: number
  silentForMs: number
  patience: Pick<RetryPolicy, 'pace'>
}

export type VideoFetch = {
  url: URL
  video: VideoOptions
  /** A cookies.txt with those of the site alone; null for none. */
  cookies: string | null
  /** Null where yt-dlp is to ask for it. */
  page: OpenedPage | null
  tools: MediaTools
  signal: AbortSignal
  onProgress(reading: Omit<ProgressReading, 'bytesPerSecond'>): void
}

/**
 * Fetches the video of a page with yt-dlp and hands its files to `use`; they are gone afterwards.
 * What lies there at the end decides, not the exit code, and no subtitles and no thumbnail decide
 * on the video: where yt-dlp fails over them, it is asked for the video alone.
 * @throws ImportFailure with the reason for people; `unavailable` when the disk gets nearly full;
 * the signal's reason when it aborts
 */
export async function fetchVideo<Result>(
  deps: VideoFetchOptions,
  fetch: VideoFetch,
  use: (video: FetchedVideo) => Promise<Result>,
): Promise<Result> {
  await deps.blobStore.ensureFreeSpace(0)
  await using work = await createImportWorkFolder(deps.blobStore, fetch.tools)
  const runTool = createMediaToolRunner(work, {
    limits: programLimits(deps, fetch.tools),
    signal: fetch.signal,
    clock: deps.clock,
    silentForMs: deps.silentForMs,
  })
  const first = await runYtDlp(deps, fetch, work)
  const isOverExtras = failedOverExtras(first, fetch.video)
  if (isOverExtras) await removeLargeExtras(work)
  const alone = { ...fetch.video, subtitles: false, thumbnail: false }
  const run = isOverExtras ? await runYtDlp(deps, { ...fetch, video: alone }, work) : first
  const subtitleNames = first.progress.subtitleNames()
  const fetched = await readResult({ deps, fetch, work, runTool, run, subtitleNames })
  const missed = missedExtras({
    ...{ asked: fetch.video, warnings: [...first.warnings, ...run.warnings], isOverExtras },
    ...{ fetched, hasThumbnail: first.progress.hasThumbnail() },
  })
  return await use({ ...fetched, leftOut: [...fetched.leftOut, ...missed] })
}

/** yt-dlp writes extras first: it knew the video and had not begun with it. */
function failedOverExtras({ code, progress }: YtDlpRun, asked: VideoOptions): boolean {
  const isAsked = asked.subtitles || asked.thumbnail
  const isBefore = progress.title() !== null && !progress.hasStarted()
  return isAsked && code !== 0 && isBefore && progress.live() === null
}

const keptOfFailedBytes = 64_000_000

/** An endless one may have filled the space that the video needs. */
async function removeLargeExtras({ output }: ImportWorkFolder): Promise<void> {
  const { extras, unfinished } = await listVideoFiles({
    ...{ output, formatIds: [], subtitleNames: new Set<string>() },
  })
  const large = [...extras, ...unfinished].filter(({ size }) => size > keptOfFailedBytes)
  await Promise.all(large.map(({ path }) => rm(path, { force: true })))
}

const isOfPreparing = /Postprocessing|ffmpeg|ffprobe|Conversion failed/i

async function readResult(asked: {
  deps: VideoFetchOptions
  fetch: VideoFetch
  work: ImportWorkFolder
  runTool: RunMediaTool
  run: YtDlpRun
  subtitleNames: ReadonlySet<string>
}): Promise<FetchedVideo> {
  const { deps, fetch, work, runTool, run, subtitleNames } = asked
  const { code, stopped, progress } = run
  const folder = { output: work.output, formatIds: progress.formatIds(), subtitleNames }
  const listed = await listVideoFiles(folder)
  const { maxBytes } = deps
  // Under a file size limit (prlimit) a program dies at the limit without saying why.
  const isTooLarge = [...listed.videos, ...listed.parts, ...listed.unfinished].some(
    ({ size }) => size > maxBytes || (code !== 0 && size === maxBytes),
  )
  if (isTooLarge) throw ImportFailure.of(tooLarge)
  if (stopped !== null) throw stopped
  // --ignore-errors, for extras, also lets errors of post-processing pass.
  const isDone = progress.isDone() && !run.errors.some((line) => isOfPreparing.test(line))
  const isUnprepared = code !== 0 && !isDone
  if (isUnprepared && !(await isWholeVideo(listed, { asked: fetch.video, progress, runTool }))) {
    // Preparing it failed over what it is, which ffmpeg and yt-dlp tell in many words, most of them wrong.
    const hasVideos = listed.videos.length > 0 && listed.unfinished.length === 0
    if (hasVideos) await refuseNoMedia(listed.videos, runTool)
    throw failureOf(run, fetch.video)
  }
  if (listed.parts.length > 0 && listed.videos.length === 0) {
    throw new ImportFailure(
      'unusable_format',
      'Picture and sound of that video could not be joined.',
    )
  }
  await refuseNoMedia(listed.videos, runTool)
  const { videos, extras, leftOut } = await gatherVideoFiles({ ...folder, maxBytes, runTool })
  await cutSection({ videos, extras }, fetch.video.section, runTool)
  return {
    title: progress.title() ?? '',
    videosOnPage: progress.videosOnPage(),
    files: [...videos, ...extras],
    ...{ leftOut, isUnprepared },
    missedSound: missedSound(fetch.video, progress.language()),
  }
}

/** `en` is `en-GB`, too; a joined video may name the languages of all its parts. */
function missedSound({ audio_language: asked }: VideoOptions, found: string | null): string | null {
  if (asked === undefined) return null
  const wanted = asked.toLowerCase()
  const codes = (found ?? '').toLowerCase().split('+')
  return codes.some((code) => code === wanted || code.startsWith(`${wanted}-`)) ? null : asked
}

/** What the proxy could not reach is told in its words: yt-dlp knows only that a proxy said no. */
function failureOf({ unreached, errors }: YtDlpRun, { quality }: VideoOptions): ImportFailure {
  if (unreached instanceof ForbiddenAddress) return unreached
  const isUnreached = unreached !== null && errors.at(-1)?.includes(proxyPhrase) === true
  return isUnreached ? ImportFailure.of(importErrorOf(unreached)) : ytDlpFailure(errors, quality)
}

type Listed = Awaited<ReturnType<typeof listVideoFiles>>

/** Sites round the length, and some count the trailer. */
const lengthMin = 0.9

/**
 * Whether the video is complete although yt-dlp failed. It fetches and joins under other names and
 * renames at the end, so a file that has the video's own name and can be played is whole. Sound that
 * is taken out of a video is written under its own name: there only success counts.
 */
async function isWholeVideo(
  { videos, unfinished }: Listed,
  run: { asked: VideoOptions; progress: VideoProgress; runTool: RunMediaTool },
): Promise<boolean> {
  const [video] = videos
  const isComing = unfinished.some(({ kind, name }) => kind === 'video' && !/\.temp\./.test(name))
  if (video === undefined || isComing || run.asked.quality === 'audio') return false
  const { code, output } = await run
    .runTool('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_type:format=duration'],
      ...['-of', 'default=noprint_wrappers=1', `file:${video.path}`],
    ])
    .catch(() => ({ code: null, output: '' }))
  if (code !== 0 || !/^codec_type=video$/m.test(output)) return false
  const expected = run.progress.seconds()
  const found = Number(/^duration=([\d.]+)$/m.exec(output)?.[1] ?? Number.NaN)
  return expected === null || !(found < expected * lengthMin)
}

export type MediaToolResult = { code: number | null; output: string; errors: string }

/** Runs one of the work folder's wrapped media tools on the files of its output. */
export type RunMediaTool = (
  tool: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
) => Promise<MediaToolResult>

const outputMaxLength = 1_000_000

/** @throws the signal's reason; what starting a program throws, where there is no such tool */
function createMediaToolRunner(
  work: ImportWorkFolder,
  run: { limits: readonly string[]; signal: AbortSignal; clock: Clock; silentForMs: number },
): RunMediaTool {
  const { limits, ...rest } = run
  return async (tool, args) => {
    const result = { output: '', errors: '' }
    const code = await runProgram({
      ...rest,
      command: [...limits, join(work.programs, tool), ...args] as [string, ...string[]],
      cwd: work.output,
      env: { PATH: work.programs, HOME: work.home, TMPDIR: work.home, LC_ALL: 'C.UTF-8' },
      mark: work.mark,
      onLine(line, source) {
        const name = source === 'stdout' ? 'output' : 'errors'
        if (result[name].length < outputMaxLength) result[name] += `${line}\n`
      },
    })
    return { code, ...result }
  }
}
