import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerTestFile, makeTestVideoMedia } from './video-files.ts'
import { answerTestPage } from './video-pages.ts'

export type TestVideoSite = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** What BARKEEP_IMPORT_ALLOW must hold for imports to reach the site: `127.0.0.1:<port>`. */
  host: string
  /** `METHOD /path?query` of each request so far, and its `range` header where it had one. */
  requests: {
    line: string
    range: string | undefined
    /** The name that it was asked by, and the cookies it was sent. */
    host: string | undefined
    cookie: string | undefined
  }[]
  /** By the name of a list: how many entries it has now, where no `count` says so. */
  feeds: Map<string, () => number>
  /** Forgets the requests so far, and that what breaks broke already. */
  forget(): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A video site on loopback for the real programs: pages, HLS in three heights, subtitles, a poster,
 * files of any size and temper, and hostile pages. `/` lists what there is.
 */
export async function startTestVideoSite(
  options: { port?: number; ffmpeg?: string } = {},
): Promise<TestVideoSite> {
  const media = await makeTestVideoMedia(options.ffmpeg)
  const requests: TestVideoSite['requests'] = []
  const breaks = new Map<string, number>()
  const feeds: TestVideoSite['feeds'] = new Map()
  const server = createServer((incoming, outgoing) => {
    requests.push({
      line: `${incoming.method} ${incoming.url}`,
      range: incoming.headers.range,
      host: incoming.headers.host,
      cookie: incoming.headers.cookie,
    })
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`)
    const exchange = { incoming, outgoing, url, media, breaks, feeds }
    const answer = url.pathname.startsWith('/file/') ? answerTestFile : answerTestPage
    answer(exchange).catch(() => outgoing.destroy())
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    feeds,
    forget() {
      requests.length = 0
      breaks.clear()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

// `node src/server/testing/imports/video-site.ts 4150`: the site by itself, to try things on.
if (import.meta.main) {
  const port = Number(process.argv[2] ?? 0)
  const site = await startTestVideoSite({ port })
  process.stdout.write(
    `Test video site at ${site.origin}\nLet imports reach it: BARKEEP_IMPORT_ALLOW=${site.host}\n`,
  )
}
