import { closeBody, type UrlOpener } from './open-url.ts'

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

/**
 * Tells a direct file from a video page by the headers of the answer; the body is not read.
 * @throws what opening the link throws
 */
export async function detectImportType(
  openUrl: UrlOpener,
  url: URL,
  signal: AbortSignal,
): Promise<'file' | 'video'> {
  const answer = await openUrl(url, { signal })
  closeBody(answer.body)
  const isAttachment = /^\s*attachment\b/i.test(answer.headers['content-disposition'] ?? '')
  if (isAttachment) return 'file'
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';')
  return videoPageTypes.has(type.trim().toLowerCase()) ? 'video' : 'file'
}

/**
 * What a link most likely leads to, by its path alone: files are mostly called by a name with an
 * extension, pages are not.
 */
export function guessImportType({ pathname }: URL): 'file' | 'video' {
  const extension = /\.(\w{1,8})$/.exec(pathname)?.[1]
  return extension === undefined || pageExtension.test(extension) ? 'video' : 'file'
}
