import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPicture, readSubtitles, type Unfit, unfit } from './check-extras.ts'
import type { RunMediaTool } from './yt-dlp.ts'

/** `ending` is what follows the title in the name: `.mp4`, `.en.forced.vtt`, `.jpg`. */
export type VideoFile = { path: string; ending: string }

export type FileKind = 'video' | 'subtitles' | 'thumbnail' | 'file'

export type LeftOut = Unfit & { kind: FileKind; ending: string }

export type VideoFiles = {
  videos: VideoFile[]
  extras: VideoFile[]
  leftOut: LeftOut[]
}

type Folder = {
  output: string
  maxBytes: number
  /** Formats that were joined to one video, by yt-dlp's ids: each may still lie there. */
  formatIds: readonly string[]
  /** Files that yt-dlp wrote as subtitles, whatever they end in. */
  subtitleNames: ReadonlySet<string>
  runTool: RunMediaTool
}

const endings: Record<Exclude<FileKind, 'video'>, readonly string[]> = {
  subtitles: [
    'vtt',
    'srt',
    'ass',
    'ssa',
    'ttml',
    'dfxp',
    'tt',
    'sbv',
    'lrc',
    'smi',
    'sami',
    'sub',
  ].concat('json1', 'json2', 'json3', 'srv1', 'srv2', 'srv3', 'stl', 'scc', 'mpl2', 'usf', 'xml'),
  thumbnail: [
    'jpg',
    'jpeg',
    'jpe',
    'jfif',
    'png',
    'webp',
    'avif',
    'gif',
    'heic',
    'heif',
    'bmp',
  ].concat('tif', 'tiff', 'svg', 'jxl', 'image'),
  file: [
    'json',
    'description',
    'txt',
    'url',
    'webloc',
    'desktop',
    'html',
    'htm',
    'md',
    'nfo',
  ].concat('log', 'csv'),
}

/** Of what is still being written, and of the notes yt-dlp keeps about it. */
const unfinishedEnding = /\.(part|ytdl|temp)(-Frag\d+)?(\.part)?$/

const extraMaxBytes = 64_000_000

/** What lies there, by kind, without a look into it. Nothing that the program wrote is passed over. */
export async function listVideoFiles({
  output,
  formatIds,
  subtitleNames,
}: Pick<Folder, 'output' | 'formatIds' | 'subtitleNames'>) {
  const entries = await readdir(output, { withFileTypes: true })
  const names = entries.flatMap((entry) => (entry.isFile() ? entry.name : [])).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const ending = endingOf(name)
      const isSubtitles = subtitleNames.has(name.replace(unfinishedEnding, ''))
      const { size } = await stat(join(output, name))
      const kind = isSubtitles ? 'subtitles' : kindOf(ending.replace(unfinishedEnding, ''))
      return { name, path: join(output, name), ending, size, kind }
    }),
  )
  const isPart = ({ name, kind }: (typeof files)[number]) =>
    kind === 'video' && formatIds.some((id) => name.startsWith(`video.f${id}.`))
  const isUnfinished = ({ name }: (typeof files)[number]) =>
    !subtitleNames.has(name) && (unfinishedEnding.test(name) || name.startsWith('video.temp.'))
  const whole = files.filter((file) => !isUnfinished(file))
  return {
    unfinished: files.filter(isUnfinished),
    /** Picture or sound alone, which were to be joined. */
    parts: whole.filter(isPart),
    videos: whole.filter((file) => file.kind === 'video' && !isPart(file)),
    extras: whole.filter((file) => file.kind !== 'video'),
  }
}

/**
 * Looks into each extra file and keeps, converts or leaves it out by name; none fails the video.
 */
export async function gatherVideoFiles(folder: Folder): Promise<VideoFiles> {
  const { unfinished, parts, videos, extras } = await listVideoFiles(folder)
  const whole = new Set([...videos, ...extras].map(({ ending }) => ending))
  // Of one file there may be its pieces and what yt-dlp notes about it.
  const broken = new Map(
    [...unfinished, ...parts].map(({ ending, kind }) => [
      ending.replace(unfinishedEnding, ''),
      kind,
    ]),
  )
  const leftOut: LeftOut[] = [...broken]
    .filter(([ending]) => !whole.has(ending))
    .map(([ending, kind]) => ({ ...unfit.unfinished, kind, ending }))
  const kept: VideoFile[] = []
  for (const { path, ending, size, kind } of extras) {
    const tooLarge = size > Math.min(folder.maxBytes, extraMaxBytes)
    const checked = tooLarge ? unfit.tooLarge : await checkExtra(folder, { path, ending, kind })
    // yt-dlp's word for an ending that it does not know.
    const told = ending.replace(/\.unknown_video$/, '')
    if ('reason' in checked) leftOut.push({ ...checked, kind, ending: told })
    else kept.push(checked)
  }
  return { videos, extras: withOwnEndings(kept), leftOut }
}

async function checkExtra(
  folder: Folder,
  file: VideoFile & { kind: FileKind },
): Promise<VideoFile | Unfit> {
  const bytes = await readFile(file.path)
  if (file.kind === 'subtitles') return await checkSubtitles(folder, file, bytes)
  if (file.kind === 'thumbnail') return await checkThumbnail(folder, file, bytes)
  return bytes.length === 0 ? unfit.empty : file
}

async function checkSubtitles(
  { runTool }: Folder,
  { path, ending }: VideoFile,
  bytes: Buffer,
): Promise<VideoFile | Unfit> {
  const [extension = ''] = /[^.]*$/.exec(ending) ?? []
  const language = ending.slice(1, -extension.length - 1)
  const read = readSubtitles(bytes, extension, language)
  if (read !== null && 'reason' in read) return read
  if (read !== null) {
    if (read.text !== null) await writeFile(path, read.text)
    return { path, ending: withExtension(ending, read.extension) }
  }
  const made = `${path}.vtt`
  const { code } = await runTool('ffmpeg', ['-v', 'error', '-f', 'ass', '-i', path, '-y', made])
  const text = code === 0 ? await readFile(made, 'utf8').catch(() => '') : ''
  const isFit = text.includes('-->')
  return isFit ? { path: made, ending: withExtension(ending, 'vtt') } : unfit.format
}

async function checkThumbnail(
  { runTool }: Folder,
  { path, ending }: VideoFile,
  bytes: Buffer,
): Promise<VideoFile | Unfit> {
  const kind = readPicture(bytes)
  if ('reason' in kind) return kind
  const { extension, demuxer } = kind
  const named = withExtension(ending, extension)
  if (demuxer === null) return { path, ending: named }
  // Decoding shows damage in the middle. JPEG is what every player shows beside a video.
  const made = `${path}.jpg`
  const target = extension === 'webp' ? ['-frames:v', '1', '-y', made] : ['-f', 'null', '-']
  const input = ['-v', 'error', '-xerror', '-f', demuxer, '-i', path]
  const { code } = await runTool('ffmpeg', [...input, ...target])
  if (extension === 'webp' && code === 0) {
    return { path: made, ending: withExtension(ending, 'jpg') }
  }
  // This ffmpeg cannot decode animated WebP, which is fine all the same.
  return code === 0 || extension === 'webp' ? { path, ending: named } : unfit.format
}

function endingOf(name: string): string {
  return name.startsWith('video.') ? name.slice('video'.length) : `.${name}`
}

function kindOf(ending: string): FileKind {
  const [extension = ''] = /[^.]*$/.exec(ending.toLowerCase()) ?? []
  // `.live_chat.json`, `.info.json`: yt-dlp's own, not a language's.
  if (/\.(live_chat|info|comments|annotations)\.(json|xml)$/.test(ending)) return 'file'
  const kinds = ['subtitles', 'thumbnail', 'file'] as const
  return kinds.find((kind) => endings[kind].includes(extension)) ?? 'video'
}

/** Of names like `.en.srt` the part after the last dot; a whole ending like `.webp` too. */
function withExtension(ending: string, extension: string): string {
  const kept = ending.slice(0, ending.lastIndexOf('.'))
  // `.jpeg` is as right as `.jpg`.
  const isSame = extension === 'jpg' && /\.(jpe?g|jpe)$/i.test(ending)
  return isSame ? ending : `${kept}.${extension}`
}

/** Two that converting gave one name, `.en.srt` and `.en.vtt`, stay apart. */
function withOwnEndings(files: VideoFile[]): VideoFile[] {
  const taken = new Set<string>()
  return files.map(({ path, ending }) => {
    const dot = ending.lastIndexOf('.')
    let own = ending
    for (let number = 2; taken.has(own.toLowerCase()); number += 1) {
      own = `${ending.slice(0, dot)}-${number}${ending.slice(dot)}`
    }
    taken.add(own.toLowerCase())
    return { path, ending: own }
  })
}
