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
