import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { OpenedUrl } from './open-url.ts'

// A page, or a list of a stream's pieces: what yt-dlp reads.
const videoPageTypes = new Set([
  'text/html',
  'application/xhtml+xml',
  'application/vnd.apple.mpegurl',
  'application/x-mpegurl',
  'audio/mpegurl',
  'audio/x-mpegurl',
  'application/dash+xml',
])

const pageExtension = /^([sx]?html?|php\d?|aspx?|jsp|m3u8|mpd)$/i
const playlistStart = '#EXTM3U'

/**
 * Tells a direct file from a video page by the headers of the answer. Many servers have no type for
 * HLS playlists: what is called like one is told by its first bytes, which can be read afterwards.
 * @throws the connection's error
 */
export async function detectImportType({
  headers,
  body,
  url,
}: OpenedUrl): Promise<'file' | 'video'> {
  const isAttachment = /^\s*attachment\b/i.test(headers['content-disposition'] ?? '')
  if (isAttachment) return 'file'
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  if (videoPageTypes.has(type.trim().toLowerCase())) return 'video'
  if (!/\.m3u8$/i.test(url.pathname)) return 'file'
  return (await readStart(body, playlistStart.length)) === playlistStart ? 'video' : 'file'
}

/** The first bytes of a body, which are put back; fewer where it is shorter. */
async function readStart(body: IncomingMessage, length: number): Promise<string> {
  let start = Buffer.alloc(0)
  while (start.length < length && !body.destroyed && !body.readableEnded) {
    const chunk: Buffer | null = body.read()
    if (chunk !== null) start = Buffer.concat([start, chunk])
    else if (body.complete) break
    else await Promise.race([once(body, 'readable'), once(body, 'end'), once(body, 'close')])
  }
  if (!body.readableEnded && start.length > 0) body.unshift(start)
  return start.toString('latin1', 0, length)
}

/**
 * What a link most likely leads to, by its path alone: files are mostly called by a name with an
 * extension, pages are not.
 */
export function guessImportType({ pathname }: URL): 'file' | 'video' {
  const extension = /\.(\w{1,8})$/.exec(pathname)?.[1]
  return extension === undefined || pageExtension.test(extension) ? 'video' : 'file'
}
