import { closeBody, type UrlOpener } from '#server/imports/source/open-url.ts'
import { importErrorOf } from '#server/imports/tasks/import-failure.ts'

const pictureMaxBytes = 400_000
const pictureMs = 5_000

/**
 * The picture of a page as a `data:` address, by the guarded way of imports: a browser that asked the site
 * itself would tell it who looks. Only what browsers draw and no script can be in, by its first bytes.
 * Never rejects, but for the signal's reason.
 */
export async function fetchPicture(
  openUrl: UrlOpener,
  url: URL,
  signal: AbortSignal,
): Promise<{ picture: string } | { picture_note: string }> {
  const stop = new AbortController()
  const bounded = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(pictureMs)])
  try {
    const { status, body } = await openUrl(url, { signal: bounded })
    stop.signal.addEventListener('abort', () => closeBody(body))
    if (status !== 200) return { picture_note: `The site answered ${status} for its picture.` }
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > pictureMaxBytes) {
        return { picture_note: 'The picture is too large to be shown here.' }
      }
      chunks.push(chunk)
    }
    bounded.throwIfAborted()
    const bytes = Buffer.concat(chunks)
    const type = typeOf(bytes)
    if (type === null) return { picture_note: 'What the site calls its picture is none.' }
    return { picture: `data:${type};base64,${bytes.toString('base64')}` }
  } catch (error) {
    signal.throwIfAborted()
    if (bounded.aborted) return { picture_note: 'The picture did not come in time.' }
    return { picture_note: `The picture is left out: ${importErrorOf(error).message}` }
  } finally {
    stop.abort()
  }
}

function typeOf(bytes: Buffer): string | null {
  const start = bytes.toString('latin1', 0, 12)
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (start.startsWith('\x89PNG\r\n')) return 'image/png'
  if (/^RIFF....WEBP/s.test(start)) return 'image/webp'
  return /^GIF8[79]a/.test(start) ? 'image/gif' : null
}
