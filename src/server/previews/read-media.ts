import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PreviewFailure } from './preview-failure.ts'
import { type MediaLimits, type MediaPrograms, runMediaProgram } from './run-media-program.ts'

export type MediaFile = {
  path: string
  /** The only one that reads it: what ffmpeg finds out by itself may be a playlist. */
  demuxer: string
  /** Where programs run and write. */
  folder: string
}

/** Of a file's streams what ffprobe says. */
export type MediaStream = {
  index: number
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  disposition?: { attached_pic?: number }
  side_data_list?: { rotation?: number }[]
}

export type MediaFacts = {
  streams: MediaStream[]
  format: { duration?: string; tags?: Record<string, string> }
}

export type MediaReader = {
  /** @throws PreviewFailure; the signal's reason */
  facts(file: MediaFile, signal: AbortSignal): Promise<MediaFacts>
  /** Writes a frame, or the cover of music, as a picture and gives its path. @throws as `facts` */
  picture(file: MediaFile, options: { side: number; signal: AbortSignal }): Promise<string>
}

// The file itself and nothing else: no network, no list of other files, no device.
const inputLimits = ['-protocol_whitelist', 'file', '-max_alloc', String(512 * 1024 * 1024)]
const pictureCodecs = ['mjpeg', 'png', 'webp', 'gif', 'bmp']
const maxPixels = ['-max_pixels', '100000000']

/** `find` looks for the programs; null where there are none. */
export function createMediaReader(
  find: () => Promise<MediaPrograms | null>,
  limits: MediaLimits,
): MediaReader {
  async function run(
    program: 'ffmpeg' | 'ffprobe',
    args: string[],
    { folder, signal }: { folder: string; signal: AbortSignal },
  ): Promise<string> {
    const found = await find()
    const path = found?.[program] ?? null
    if (!found || path === null) throw new PreviewFailure('no ffmpeg', `there is no ${program}`)
    const command = [path, '-v', 'error', ...args] as const
    return await runMediaProgram({
      ...limits,
      ...{ command, cwd: folder, setpriv: found.setpriv, signal },
    })
  }

  const inputOf = ({ path, demuxer }: MediaFile) => [
    ...[...inputLimits, '-f', demuxer],
    ...['-i', `file:${path}`],
  ]

  async function facts(file: MediaFile, signal: AbortSignal): Promise<MediaFacts> {
    const shown = 'format=duration:format_tags:stream=index,codec_type,codec_name,width,height'
    const more = ':stream_disposition=attached_pic:stream_side_data=rotation'
    const output = await run(
      'ffprobe',
      [...inputOf(file), '-show_entries', shown + more, '-of', 'json'],
      { folder: file.folder, signal },
    )
    const { streams = [], format = {} } = JSON.parse(output) as Partial<MediaFacts>
    return { streams, format }
  }

  async function picture(
    file: MediaFile,
    { side, signal }: { side: number; signal: AbortSignal },
  ): Promise<string> {
    const { streams, format } = await facts(file, signal)
    const out = join(file.folder, 'picture')
    const ffmpeg = async (args: string[]) => {
      const write = ['-frames:v', '1', '-f', 'image2', '-update', '1', '-y', `file:${out}`]
      const { folder } = file
      await run('ffmpeg', ['-nostdin', '-threads', '1', ...args, ...write], { folder, signal })
    }
    const film = streams.find((one) => one.codec_type === 'video' && !isCover(one))
    const cover = streams.find(isCover)
    if (film) {
      const frame = (start: string[]) =>
        ffmpeg([...start, ...maxPixels, ...inputOf(file), ...frameOf(film, side)])
      await frame(seekInto(format.duration)).catch(onlyUnreadable)
      if (!(await isWritten(out))) await frame([])
    } else if (pictureCodecs.includes(cover?.codec_name ?? '')) {
      await ffmpeg([...inputOf(file), '-map', `0:${cover?.index}`, '-c', 'copy'])
    }
    if (!(await isWritten(out))) throw new PreviewFailure('unreadable', 'no picture in it')
    return out
  }

  return { facts, picture }
}

/** Only key frames are decoded: the one before a tenth of the film shows what it is about. */
function seekInto(duration = '0'): string[] {
  const at = Math.min(Number(duration) / 10, 60) || 0
  return ['-skip_frame', 'nokey', '-noaccurate_seek', '-ss', at.toFixed(3)]
}

function frameOf({ index }: MediaStream, side: number): string[] {
  const square = 'scale=trunc(iw*sar/2)*2:ih'
  const scale = `scale='min(${side},iw)':'min(${side},ih)':force_original_aspect_ratio=decrease`
  return ['-map', `0:${index}`, '-vf', `${square},${scale}`, '-c:v', 'png']
}

function onlyUnreadable(error: unknown): void {
  if (!(error instanceof PreviewFailure) || error.problem !== 'unreadable') throw error
}

/** The picture of a song or film that lies in the file beside it. */
export function isCover({ disposition }: MediaStream): boolean {
  return disposition?.attached_pic === 1
}

async function isWritten(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && found.size > 0
}
