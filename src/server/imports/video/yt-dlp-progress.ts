import * as z from 'zod/mini'
import { ytDlpMarks } from './yt-dlp-arguments.ts'

const videoLine = z.object({
  title: z.nullish(z.string()),
  is_live: z.nullish(z.boolean()),
  live_status: z.nullish(z.string()),
  playlist_count: z.nullish(z.number()),
  duration: z.nullish(z.number()),
  thumbnail: z.nullish(z.string()),
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
  /** Names of the files of subtitles: their endings may be any. */
  subtitleNames(): ReadonlySet<string>
  /** Videos on the page; 1 where it is not a list. */
  videosOnPage(): number
  /** 0–100 over all parts, never falling; null before the first part, and while no part tells its length. */
  percent(): number | null
  /** Bytes that the video and audio parts have, or will have where their source says so. */
  bytes(): number
}

/** Makes one figure of what yt-dlp reports part by part: a picture and a sound track count half each. */
export function createVideoProgress(): VideoProgress {
  let video: z.infer<typeof videoLine> = {}
  let formats: string[] = []
  let parts = 0
  let isOnAir = false
  let isDone = false
  let highest = 0
  const subtitleNames = new Set<string>()
  const shares = new Map<string, { share: number | null; bytes: number }>()

  const readPart = (part: PartLine) => {
    // Subtitles come before the start and are too small to count.
    if (parts === 0) return
    const bytes = Math.max(part.downloaded_bytes ?? 0, part.total_bytes ?? 0)
    shares.set(part.filename ?? '', { share: shareOf(part), bytes })
    const done = [...shares.values()].reduce((sum, { share }) => sum + (share ?? 0), 0)
    highest = Math.max(highest, (Math.min(done, parts) / parts) * 100)
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
          parts = Math.max(1, formats.length)
        }) ||
        readJson(line, ytDlpMarks.subtitles, z.string(), (name) => subtitleNames.add(name)) ||
        readMark(line) ||
        readJson(line, ytDlpMarks.part, partLine, readPart)
      return seen
    },
    title: () => video.title ?? null,
    live() {
      if (isOnAir || video.is_live === true || video.live_status === 'is_live') return 'live'
      if (video.live_status === 'is_upcoming') return 'upcoming'
      return video.live_status === 'post_live' ? 'ending' : null
    },
    hasStarted: () => parts > 0,
    isDone: () => isDone,
    formatIds: () => formats,
    seconds: () => video.duration ?? null,
    subtitleNames: () => subtitleNames,
    hasThumbnail: () => video.thumbnail != null,
    videosOnPage: () => video.playlist_count ?? 1,
    percent: () => ([...shares.values()].some(({ share }) => share !== null) ? highest : null),
    bytes: () => [...shares.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

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
