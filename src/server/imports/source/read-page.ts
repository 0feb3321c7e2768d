import { writeCookiesText } from '#server/imports/cookies/read-cookies.ts'
import { closeBody } from './open-url.ts'
import type { SourceOpening } from './source-opening.ts'

/** A page that was opened to look at it, for yt-dlp to read in place of one that it asks for by itself. */
export type OpenedPage = {
  /** Under which addresses it would ask. */
  links: string[]
  headers: [name: string, value: string][]
  body: Buffer
  /** What the site has set on the way there, as a cookies.txt; null where nothing. */
  cookies: string | null
}

const pageMaxBytes = 4_000_000
const pageMaxMs = 15_000

/**
 * Reads all of a page. Null where yt-dlp had better ask by itself: the site refused it, it comes packed, breaks off,
 * takes long or is larger than pages are. Nothing of it is read where the opening is closed meanwhile.
 */
export async function readPage(asked: URL, opening: SourceOpening): Promise<OpenedPage | null> {
  const { answer, cookies } = await opening.opened
  const { status, headers, body } = answer
  const isPlain = /^\s*(identity\s*)?$/i.test(headers['content-encoding'] ?? '')
  const timer = setTimeout(() => body.destroy(), pageMaxMs)
  try {
    if (status !== 200 || !isPlain) return null
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > pageMaxBytes) return null
      chunks.push(chunk)
    }
    const jar = cookies.list()
    return {
      links: [plainLink(asked), plainLink(answer.url)],
      headers: Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as [string, string]] : [],
      ),
      body: Buffer.concat(chunks),
      cookies: jar.length === 0 ? null : writeCookiesText(jar),
    }
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    closeBody(body)
  }
}

function plainLink(url: URL): string {
  const plain = new URL(url)
  plain.hash = ''
  return plain.href
}
