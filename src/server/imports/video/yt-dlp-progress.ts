import * as z from 'zod/mini'
import type { ProgressReading } from '#server/imports/tasks/import-tasks.ts'
import { ytDlpMarks } from './yt-dlp-arguments.ts'

const videoLine = z.object({
  title: z.nullish(z.string()),
  is_live: z.nullish(z.boolean()),
  live_status: z.nullish(z.string()),
  playlist_count: z.nullish(z.number()),
  duration: z.nullish(z.number()),
  thumbnail: z.nullish(z.string()),
  language: z.nullish(z.string()),
})
const partLine = z.object({
  status: z.string(),
  downloaded_bytes: z.nullish(z.number()),
  total_bytes: z.nullish(z.number()),
  total_bytes_estimate: z.nullish(z.number()),
  fragment_index: z.nullish(z.number()),
  fragment_count: z.nullish(z.number()),
  filename: z.nullish(z.string()),
})
// yt-dlp writes NA where it fetches one format that has both picture and sound.
const formatsLine = z.union([z.array(z.unknown()), z.literal('NA')])
const size = z.object({
  filesize: z.nullish(z.number()),
  filesize_approx: z.nullish(z.number()),
})
const sizesLine = z.union([z.array(size), z.literal('NA')])
const stepLine = z.object({ status: z.nullish(z.string()), postprocessor: z.nullish(z.string()) })
type PartLine = z.infer<typeof partLine>

/** On the air, not begun, or over and not made a video of yet. */
export type LiveState = 'live' | 'upcoming' | 'ending'

export type VideoProgress = {
  /** Takes one line of yt-dlp's output; false when it is not one that was asked for. */
  read(line: string): boolean
  title(): string | null
  /** Why there is no film yet or none at all; null where nothing says so. */
  live(): LiveState | null
  /** Whether it has begun with the video itself; subtitles and thumbnail come before. */
  hasStarted(): boolean
  /** Whether the video is there whole and prepared: what failed then was something else. */
  isDone(): boolean
  /** Of picture and sound where they come apart. */
  formatIds(): readonly string[]
  /** The length that the site tells; null where it does not. */
  seconds(): number | null
  hasThumbnail(): boolean
  /** Of the sound; null where the site does not tell. */
  language(): string | null
  /** Names of the files of subtitles: their endings may be any. */
  subtitleNames(): ReadonlySet<string>
  /** Videos on the page; 1 where it is not a list. */
  videosOnPage(): number
  /** 0–100 over all parts, never falling; null before the first part, and while no part tells its length. */
  percent(): number | null
  /** Bytes that the video and audio parts have, or will have where their source says so. */
  bytes(): number
  /** What a person is told of it. */
  reading(): Omit<ProgressReading, 'bytesPerSecond'>
}

/** Makes one figure of what yt-dlp reports part by part: a picture and a sound track count half each. */
export function createVideoProgress(): VideoProgress {
  let video: z.infer<typeof videoLine> = {}
  let formats: string[] = []
  let isOnAir = false
  let isDone = false
  let isJoining = false
  const subtitleNames = new Set<string>()
  const files = createParts()

  const readStep = ({ postprocessor }: z.infer<typeof stepLine>) => {
    if (files.count() > 0 && joiningSteps.test(postprocessor ?? '')) isJoining = true
  }

  const readMark = (line: string) => {
    if (line === ytDlpMarks.live) isOnAir = true
    else if (line === ytDlpMarks.done) isDone = true
    else return false
    return true
  }

  return {
    read(line) {
      const seen =
        readJson(line, ytDlpMarks.video, videoLine, (value) => {
          video = value
        }) ||
        readJson(line, ytDlpMarks.start, formatsLine, (ids) => {
          formats = Array.isArray(ids) ? ids.map(String) : []
          files.expect(Math.max(1, formats.length))
        }) ||
        readJson(line, ytDlpMarks.subtitles, z.string(), (name) => subtitleNames.add(name)) ||
        readMark(line) ||
        readJson(line, ytDlpMarks.sizes, sizesLine, files.tellSizes) ||
        readJson(line, ytDlpMarks.step, stepLine, readStep) ||
        readJson(line, ytDlpMarks.part, partLine, files.read)
      return seen
    },
    title: () => video.title ?? null,
    live() {
      if (isOnAir || video.is_live === true || video.live_status === 'is_live') return 'live'
      if (video.live_status === 'is_upcoming') return 'upcoming'
      return video.live_status === 'post_live' ? 'ending' : null
    },
    hasStarted: () => files.count() > 0,
    isDone: () => isDone,
    formatIds: () => formats,
    seconds: () => video.duration ?? null,
    subtitleNames: () => subtitleNames,
    language: () => video.language ?? null,
    hasThumbnail: () => video.thumbnail != null,
    videosOnPage: () => video.playlist_count ?? 1,
    percent: files.percent,
    bytes: files.bytes,
    reading() {
      const isMoving = files.count() > 0
      return {
        stage: isJoining ? 'joining' : isMoving ? 'downloading' : 'looking',
        title: video.title ?? null,
        ...files.reading(),
        ...(isJoining && { part: null }),
      }
    },
  }
}

/** Of a file of picture, of sound or of both. */
type Part = { share: number | null; bytes: number; received: number; total: number | null }

/** The files of picture and sound that make the video, one after the other. */
function createParts() {
  let count = 0
  let sizes: (number | null)[] = []
  let highest = 0
  const begun = new Map<string, Part>()
  const sum = (name: 'bytes' | 'received') =>
    [...begun.values()].reduce((all, part) => all + part[name], 0)
  const percent = () => ([...begun.values()].some(({ share }) => share !== null) ? highest : null)

  /** Null while one of them does not say how large it is. */
  function totalBytes(): number | null {
    const totals = [...begun.values()].map(({ total }) => total)
    const all = [...totals, ...sizes.slice(totals.length)]
    if (count === 0 || all.length < count) return null
    return all.reduce((sum, total) => (sum === null || total === null ? null : sum + total), 0)
  }

  return {
    count: () => count,
    percent,
    bytes: () => sum('bytes'),
    expect(parts: number) {
      count = parts
    },
    tellSizes(told: z.infer<typeof sizesLine>) {
      const known = Array.isArray(told) ? told : []
      sizes = known.map(({ filesize, filesize_approx }) => filesize ?? filesize_approx ?? null)
    },
    read(part: PartLine) {
      // Subtitles come before the start and are too small to count.
      if (count === 0) return
      const received = part.downloaded_bytes ?? 0
      const bytes = Math.max(received, part.total_bytes ?? 0)
      const total = part.total_bytes ?? part.total_bytes_estimate ?? null
      begun.set(part.filename ?? '', { share: shareOf(part), bytes, received, total })
      const done = [...begun.values()].reduce((all, { share }) => all + (share ?? 0), 0)
      highest = Math.max(highest, (Math.min(done, count) / count) * 100)
    },
    reading() {
      const number = Math.min(count, Math.max(1, begun.size))
      return {
        ...{ percent: percent(), bytes: sum('received'), totalBytes: totalBytes() },
        part: count > 1 ? { number, of: count } : null,
      }
    },
  }
}

/** Names of yt-dlp's for what it does with files that are there. */
const joiningSteps =
  /^(Merger|ExtractAudio|VideoRemuxer|VideoConvertor|Fixup\w*|Metadata|EmbedSubtitle)$/

function shareOf(part: PartLine): number | null {
  if (part.status === 'finished') return 1
  if (part.fragment_count) return (part.fragment_index ?? 0) / part.fragment_count
  const total = part.total_bytes ?? part.total_bytes_estimate
  return total ? Math.min(1, (part.downloaded_bytes ?? 0) / total) : null
}

function readJson<Value>(
  line: string,
  mark: string,
  schema: z.ZodMiniType<Value>,
  take: (value: Value) => unknown,
): boolean {
  if (!line.startsWith(mark)) return false
  const text = line.slice(mark.length)
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) take(parsed.data)
  return true
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
