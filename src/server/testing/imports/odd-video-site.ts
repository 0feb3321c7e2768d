import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeTestVideoMedia } from './video-files.ts'

/** What the site answers at a path; bytes with a type, or a status alone. */
export type OddAnswer =
  | string
  | Buffer
  | { status: number }
  | { type: string; body: string | Buffer }

/**
 * A page at `/watch` whose video is at `/master.m3u8`, and beside it whatever a test wants: `files`
 * by path. `/media/…` has the pieces of the test video; `/plain.m3u8` is its list of 360 lines.
 * @param page replaces fields of the page's VideoObject; addresses may be paths
 */
export async function startOddVideoSite(site: {
  files: Record<string, OddAnswer>
  page?: { name?: string; contentUrl?: string; thumbnailUrl?: string[] }
}) {
  const media = await makeTestVideoMedia()
  const requests: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    requests.push(incoming.url ?? '')
    const path = (incoming.url ?? '/').split('?')[0] ?? '/'
    const answer = await answerOf(path).catch(() => ({ status: 404 }))
    if (typeof answer === 'object' && 'status' in answer) {
      outgoing.writeHead(answer.status).end()
      return
    }
    const { type, body } =
      typeof answer === 'string' || Buffer.isBuffer(answer)
        ? { type: typeOf(path), body: answer }
        : answer
    outgoing.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
    outgoing.end(body)
  })

  async function answerOf(path: string): Promise<OddAnswer> {
    const own = site.files[path]
    if (own !== undefined) return own
    if (path === '/watch') return { type: 'text/html; charset=utf-8', body: pageOf() }
    if (path.startsWith('/media/')) return await readFile(join(media, path.slice('/media/'.length)))
    return { status: 404 }
  }

  function pageOf(): string {
    const json = {
      ...{ '@context': 'https://schema.org', '@type': 'VideoObject', name: 'Odd' },
      ...{ contentUrl: '/master.m3u8', uploadDate: '2026-01-01', ...site.page },
    }
    const contentUrl = new URL(json.contentUrl, origin).href
    const thumbnailUrl = site.page?.thumbnailUrl?.map((url) => new URL(url, origin).href)
    const text = JSON.stringify({ ...json, contentUrl, thumbnailUrl }).replaceAll('<', '\\u003c')
    return `<!doctype html><title>Odd</title><script type="application/ld+json">${text}</script>`
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = `http://${host}`
  return {
    ...{ origin, host, media, requests },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function typeOf(path: string): string {
  if (path.endsWith('.m3u8')) return 'application/vnd.apple.mpegurl'
  if (path.endsWith('.mpd')) return 'application/dash+xml'
  return 'application/octet-stream'
}

/** A master list of the 360 lines' video with these lines of media before it. */
export function masterList(media: readonly string[], attributes = ''): string {
  const variant = `#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=640x360,CODECS="avc1.64001f,mp4a.40.2"${attributes}`
  return ['#EXTM3U', ...media, variant, '/media/360/index.m3u8', ''].join('\n')
}

/** Subtitle tracks of a master list: language → address. */
export function subtitleLines(tracks: readonly (readonly [string, string])[]): string[] {
  return tracks.map(
    ([language, uri], index) =>
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="${index}",LANGUAGE="${language}",URI="${uri}"`,
  )
}
