import type { InspectEntry } from '#contract/import-inspect.ts'
import { isoTime } from '#server/core/clock.ts'

/** What begins the lines that yt-dlp prints for a look. */
const lookMarks = {
  entry: 'BARKEEP-ENTRY ',
  formats: 'BARKEEP-FORMATS ',
  subtitles: 'BARKEEP-SUBTITLES-OF ',
  chapters: 'BARKEEP-CHAPTERS ',
}

export const lookTemplates = {
  entry: `${lookMarks.entry}%(.{title,ext,duration,thumbnail,webpage_url,url,timestamp,upload_date,playlist_index,playlist_count,playlist_title,is_live,live_status,availability,_type,ie_key})j`,
  formats: `${lookMarks.formats}%(formats.:.{height,language,filesize,filesize_approx,vcodec,acodec,tbr})j`,
  subtitles: `${lookMarks.subtitles}%(subtitles)j`,
  chapters: `${lookMarks.chapters}%(chapters.:.start_time)j`,
}

/** A link of a page, as `InspectEntry` has it, before anybody asked whether imports may reach it. */
export type LookEntry = Omit<InspectEntry, 'link' | 'problem'> & {
  link: URL
  isPrivate: boolean
  /** Epoch seconds; null where the source does not say. */
  publishedAt: number | null
}

export type LookVideo = {
  title: string
  duration: number | null
  isLive: boolean
  /** yt-dlp takes anything it does not know for a video, even a line of text. */
  isUnknown: boolean
  /** An address on a foreign host. */
  thumbnail: URL | null
  /** The greatest first. */
  qualities: { height: number; size?: number }[]
  hasAudio: boolean
  audioLanguages: string[]
  subtitleLanguages: string[]
  chapters: number
}

export type ReadLook = {
  /** Takes a line of yt-dlp's; others than those of the templates change nothing. */
  read(line: string): void
  /** Null where the link leads to no single video. */
  video(): LookVideo | null
  /** Null where the link holds no several. */
  list(): { title: string; entries: LookEntry[]; count: number | null } | null
}

const titleMaxLength = 500
const languagesMax = 200
const linkMaxLength = 8_192

/** Gathers what yt-dlp tells of `page`. Everything in it was written by strangers: text is text, and links are parsed. */
export function createReadLook(page: URL): ReadLook {
  let video: LookVideo | null = null
  let list: { title: string; entries: LookEntry[]; count: number | null } | null = null

  function readEntry(told: Told): void {
    const index = numberOf(told.playlist_index)
    if (index === null) {
      video ??= videoOf(told, page)
      return
    }
    list ??= {
      ...{ title: textOf(told.playlist_title), entries: [] },
      count: numberOf(told.playlist_count),
    }
    const entry = entryOf(told, page, index)
    if (entry !== null) list.entries.push(entry)
  }

  function readFormats(told: unknown): void {
    if (video === null || list !== null || !Array.isArray(told)) return
    const formats = told.filter(isObject)
    video.qualities = qualitiesOf(formats, video.duration)
    video.hasAudio = formats.some(hasSound)
    const sounds = formats.filter(hasSound).map(({ language }) => textOf(language))
    video.audioLanguages = distinct(sounds)
  }

  function readSubtitles(told: unknown): void {
    if (video === null || list !== null || !isObject(told)) return
    const languages = Object.keys(told).filter((key) => key !== 'live_chat')
    // Two of one language are told apart behind a dot.
    video.subtitleLanguages = distinct(languages.map((key) => textOf(key.split('.')[0])))
  }

  const readers: Record<keyof typeof lookMarks, (told: unknown) => void> = {
    entry: (told) => isObject(told) && readEntry(told),
    formats: readFormats,
    subtitles: readSubtitles,
    chapters(told) {
      if (video !== null && Array.isArray(told)) video.chapters = told.length
    },
  }

  return {
    read(line) {
      for (const name of Object.keys(lookMarks) as (keyof typeof lookMarks)[]) {
        const mark = lookMarks[name]
        if (line.startsWith(mark)) readers[name](parse(line.slice(mark.length)))
      }
    },
    video: () => (list === null ? video : null),
    list: () => list,
  }
}

type Told = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Told {
  return typeof value === 'object' && value !== null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function videoOf(told: Told, page: URL): LookVideo {
  return {
    title: textOf(told.title),
    duration: numberOf(told.duration),
    isLive: told.is_live === true || told.live_status === 'is_live',
    isUnknown: told.ext === 'unknown_video',
    thumbnail: linkOf(told.thumbnail, page),
    ...{ qualities: [], hasAudio: false, audioLanguages: [], subtitleLanguages: [], chapters: 0 },
  }
}

const holdsSeveral = /(Tab|Playlist|Channel|User|Album|Show|Series|Season|List|Collection)$/
const hidden = new Set(['private', 'premium_only', 'subscriber_only', 'needs_auth'])

function entryOf(told: Told, page: URL, position: number): LookEntry | null {
  const isOfPage = told._type !== 'url' && told._type !== 'url_transparent'
  // A video of the page itself has no link of its own.
  const link = isOfPage ? page : (linkOf(told.url, page) ?? linkOf(told.webpage_url, page))
  if (link === null) return null
  const duration = numberOf(told.duration)
  const publishedAt = publishedAtOf(told)
  const title = textOf(told.title)
  return {
    ...{ position, link, publishedAt },
    title: title === '' ? link.href : title,
    isPrivate:
      hidden.has(String(told.availability)) || /^\[(private|deleted) video\]$/i.test(title),
    ...(isOfPage ? { item: position } : {}),
    ...(duration === null ? {} : { duration }),
    ...(publishedAt === null ? {} : { date: isoTime(publishedAt * 1000) }),
    ...(holdsSeveral.test(String(told.ie_key ?? '')) ? { is_list: true } : {}),
  }
}

/** Later than this no calendar writes them. */
const latest = 253_402_300_799

function publishedAtOf({ timestamp, upload_date }: Told): number | null {
  const [, year = '', month = '', day = ''] =
    /^(\d{4})(\d{2})(\d{2})$/.exec(String(upload_date ?? '')) ?? []
  const seconds = numberOf(timestamp) ?? Date.parse(`${year}-${month}-${day}`) / 1000
  return seconds >= 0 && seconds <= latest ? Math.floor(seconds) : null
}

/** Addresses as imports take them; what an extractor hides behind `#` would steer it. */
function linkOf(text: unknown, base: URL): URL | null {
  if (typeof text !== 'string' || text.length > linkMaxLength) return null
  const url = URL.parse(text, base)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  if (url.hash.includes('__youtubedl_smuggle')) url.hash = ''
  return url
}

function qualitiesOf(formats: readonly Told[], duration: number | null) {
  const sizeIn = (format: Told) => sizeOf(format, duration) ?? 0
  const soundSize = Math.max(0, ...formats.filter((one) => !hasPicture(one)).map(sizeIn))
  /** 0 where nobody says. */
  const sizes = new Map<number, number>()
  for (const format of formats) {
    const height = numberOf(format.height) ?? 0
    if (height < 1 || !hasPicture(format)) continue
    const alone = sizeIn(format)
    const size = alone > 0 && !hasSound(format) ? alone + soundSize : alone
    sizes.set(height, Math.max(sizes.get(height) ?? 0, size))
  }
  return [...sizes]
    .toSorted(([a], [b]) => b - a)
    .slice(0, languagesMax)
    .map(([height, size]) => (size === 0 ? { height } : { height, size }))
}

function sizeOf(format: Told, duration: number | null): number | null {
  const told = numberOf(format.filesize) ?? numberOf(format.filesize_approx)
  const rate = numberOf(format.tbr)
  if (told !== null) return Math.round(told)
  return rate === null || duration === null ? null : Math.round((rate * 1000 * duration) / 8)
}

// What nobody says is there: most plain files tell no codec.
const hasPicture = ({ vcodec }: Told) => vcodec !== 'none'
const hasSound = ({ acodec }: Told) => acodec !== 'none'

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== '').map((text) => text.slice(0, 40)))].slice(
    0,
    languagesMax,
  )
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

/** One line of plain text; '' for what is none. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  const line = value.slice(0, titleMaxLength * 2).replace(/[\p{Cc}\s]+/gu, ' ')
  return [...line.toWellFormed().trim()].slice(0, titleMaxLength).join('')
}
