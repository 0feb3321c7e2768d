import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'
import { systemClock } from '#server/http/clock.ts'
import { createAddressGuard } from './address-guard.ts'
import { startFilteringProxy } from './filtering-proxy.ts'
import { parseImportAllow } from './import-allow.ts'
import { createImportWorkFolder } from './import-work-folder.ts'
import { findMediaTools } from './media-tools.ts'
import { startCanary } from './test-canary.ts'
import { startTestVideoSite } from './test-video-site.ts'
import { fetchVideo } from './yt-dlp.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const run = promisify(execFile)
const site = await startTestVideoSite()
afterAll(() => site[Symbol.asyncDispose]())

async function tools() {
  const found = await findMediaTools({ ytDlp: null, ffmpeg: null })
  if ('problem' in found) throw new Error(found.problem)
  return found
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'barkeep-yt-dlp-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const blobStore = { createWorkFolder: temporaryFolder, requireRoom: async () => {} }

/** As the server does it: the site is allowed, everything else on this machine is not. */
async function fetchGuarded(link: string): Promise<string> {
  const guard = createAddressGuard(parseImportAllow([site.host]))
  const parts = { guard, blobStore, clock: systemClock, maxBytes: 1e9, silentForMs: 60_000 }
  const fetch = {
    ...{ url: new URL(link), tools: await tools(), signal: AbortSignal.timeout(60_000) },
    video: { quality: 'best', subtitles: true, thumbnail: true },
    onProgress: () => undefined,
  }
  try {
    return await fetchVideo(parts, fetch, async () => 'fetched')
  } catch (error) {
    return (error as Error).message
  }
}

/** The control: the same program as anybody would start it, perhaps behind a proxy. */
async function fetchPlainly(link: string, env: Record<string, string> = {}): Promise<void> {
  await using folder = await temporaryFolder()
  const args = ['--ignore-config', '--no-cache-dir', '--write-thumbnail', '--retries', '0']
  await run('yt-dlp', [...args, '--fragment-retries', '0', '-o', 'video.%(ext)s', '--', link], {
    cwd: folder.path,
    timeout: 60_000,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, ...env },
  }).catch(() => undefined)
}

const hostile = (trick: string, to: string) =>
  `${site.origin}/hostile/${trick}?to=${encodeURIComponent(to)}`
const manifest = (trick: string) => (to: string) => hostile('content', hostile(trick, to))
const redirect = (to: string) => `${site.origin}/redirect?to=${encodeURIComponent(to)}`

const tricks: Record<string, { link(to: string): string; to?: string }> = {
  'a video address': { link: (to) => hostile('content', to) },
  'a video element': { link: (to) => hostile('element', to) },
  'a thumbnail': { link: (to) => hostile('thumbnail', to) },
  'a refreshing page': { link: (to) => hostile('refresh', to) },
  'a redirect of the page': { link: redirect },
  'a redirect of the video': { link: (to) => hostile('content', redirect(to)) },
  'an HLS variant': { link: manifest('variant.m3u8') },
  'an HLS segment': { link: manifest('segment.m3u8') },
  'an HLS segment in decimal': { link: manifest('segment.m3u8'), to: 'http://2130706433:PORT/x' },
  'an HLS key': { link: manifest('key.m3u8') },
  'an HLS map': { link: manifest('map.m3u8') },
  'an HLS list that ffmpeg fetches': { link: manifest('sample-aes.m3u8') },
  'a DASH base': { link: manifest('base.mpd') },
  'a DASH segment': { link: manifest('segment.mpd') },
  'an ftp video': { link: (to) => hostile('content', to), to: 'ftp://127.0.0.1:PORT/x.mp4' },
  'an ftp segment': { link: manifest('segment.m3u8'), to: 'ftp://127.0.0.1:PORT/x.ts' },
}

test.each(Object.entries(tricks))(
  '%s cannot lead yt-dlp to this machine; without the guard it does',
  async (_what, { link, to = 'http://127.0.0.1:PORT/x.mp4' }) => {
    await using canary = await startCanary()
    await using control = await startCanary()
    await Promise.all([
      fetchGuarded(link(to.replace('PORT', String(canary.port)))),
      fetchPlainly(link(to.replace('PORT', String(control.port)))),
    ])
    expect(control.connections()).toBeGreaterThan(0)
    expect(canary.connections()).toBe(0)
  },
)

test('a page that tells yt-dlp to go round the proxy gains nothing; with the proxy alone it does', async () => {
  await using canary = await startCanary()
  await using control = await startCanary()
  const link = (port: number) => {
    const orders = { http_headers: { 'Ytdl-request-proxy': '__noproxy__' }, to_generic: true }
    const fragment = `#__youtubedl_smuggle=${encodeURIComponent(JSON.stringify(orders))}`
    return hostile('content', `http://127.0.0.1:${port}/x${fragment}`)
  }
  const guard = createAddressGuard(parseImportAllow([site.host]))
  await using proxy = await startFilteringProxy({ guard, maxBytes: 1e9, onTooLarge: () => {} })
  const [words] = await Promise.all([
    fetchGuarded(link(canary.port)),
    fetchPlainly(link(control.port), { http_proxy: proxy.url, https_proxy: proxy.url }),
  ])
  expect(words).toBe('That link leads to a private address, which imports may not reach.')
  expect(canary.connections()).toBe(0)
  expect(control.connections()).toBeGreaterThan(0)
})

test('a fetched list cannot make ffmpeg read a file of this machine; without the wrapper it does', async () => {
  await using work = await createImportWorkFolder(blobStore, await tools())
  await using elsewhere = await temporaryFolder()
  const secret = join(elsewhere.path, 'secret.ts')
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac']
  await run('ffmpeg', ['-v', 'error', ...tone, secret])
  await writeFile(
    join(work.output, 'video.mp4'),
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
  )
  const copy = (program: string, output: string) =>
    run(program, ['-v', 'error', '-i', 'video.mp4', '-c', 'copy', output], { cwd: work.output })
  await expect(copy(join(work.programs, 'ffmpeg'), 'out.ts')).rejects.toThrow()
  await expect(copy('ffmpeg', 'control.ts')).resolves.toBeDefined()
})
