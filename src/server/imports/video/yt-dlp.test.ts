import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { createAddressGuard, parseImportAllow } from '#server/imports/guard/address-guard.ts'
import { startFilteringProxy } from '#server/imports/guard/filtering-proxy.ts'
import { createImportWorkFolder } from '#server/imports/programs/work-folder.ts'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { startCanary } from '#server/testing/imports/canary.ts'
import { fetchPlainly, findTestTools } from '#server/testing/imports/test-yt-dlp.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { fetchVideo } from './yt-dlp.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const run = promisify(execFile)
const site = await startTestVideoSite()
afterAll(() => site[Symbol.asyncDispose]())

async function tools() {
  const found = await findTestTools({ ytDlp: null, ffmpeg: null })
  if ('problem' in found) throw new Error(found.problem)
  return found
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'barkeep-yt-dlp-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const blobStore = { createWorkFolder: temporaryFolder, ensureFreeSpace: async () => {} }

/** As the server does it: the site is allowed, everything else on this machine is not. */
async function fetchGuarded(link: string): Promise<string> {
  const guard = createAddressGuard(parseImportAllow([site.host]))
  const parts = {
    ...{ guard, blobStore, clock: systemClock, maxBytes: 1e9, silentForMs: 60_000 },
    patience: sourceRetryPolicy,
  }
  const fetch = {
    ...{ url: new URL(link), tools: await tools(), signal: AbortSignal.timeout(60_000) },
    video: { quality: 'best', subtitles: true, thumbnail: true },
    cookies: null,
    page: null,
    onProgress: () => undefined,
  }
  try {
    return await fetchVideo(parts, fetch, async () => 'fetched')
  } catch (error) {
    return (error as Error).message
  }
}

const hostile = (trick: string, to: string) =>
  `${site.origin}/hostile/${trick}?to=${encodeURIComponent(to)}`
test('a page that tells yt-dlp to go round the proxy gains nothing; with the proxy alone it does', async () => {
  await using canary = await startCanary()
  await using control = await startCanary()
  const link = (port: number) => {
    const orders = { http_headers: { 'Ytdl-request-proxy': '__noproxy__' }, to_generic: true }
    const fragment = `#__youtubedl_smuggle=${encodeURIComponent(JSON.stringify(orders))}`
    return hostile('content', `http://127.0.0.1:${port}/x${fragment}`)
  }
  const guard = createAddressGuard(parseImportAllow([site.host]))
  await using proxy = await startFilteringProxy({ guard, onBytes: () => {} })
  const [words] = await Promise.all([
    fetchGuarded(link(canary.port)),
    fetchPlainly([link(control.port)], { http_proxy: proxy.url, https_proxy: proxy.url }),
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

test.each([
  ['an HLS list', 'video.mp3', (secret: string) => hls(secret), (file: string) => [file]],
  [
    'an HLS list behind -i',
    'video.mp3',
    (secret: string) => hls(secret),
    (file: string) => ['-i', file],
  ],
  ['a list of the concat demuxer', 'video.mp4', () => concat, (file: string) => [file]],
  ['a part of a file', 'x', () => '', () => ['subfile,,start,0,end,0,,:beside.ts']],
  ['files in a row', 'x', () => '', () => ['concat:beside.ts|beside.ts']],
])(
  'ffprobe is kept from files that %s names; without the wrapper it opens them',
  async (_what, name, text, args) => {
    await using work = await createImportWorkFolder(blobStore, await tools())
    await using elsewhere = await temporaryFolder()
    const secret = join(elsewhere.path, 'secret.ts')
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac']
    await run('ffmpeg', ['-v', 'error', ...tone, secret])
    await copyFile(secret, join(work.output, 'beside.ts'))
    await writeFile(join(work.output, name), text(secret))
    const probe = (program: string) =>
      run(program, ['-v', 'error', '-show_streams', ...args(name)], { cwd: work.output })
    await expect(probe(join(work.programs, 'ffprobe'))).rejects.toThrow()
    expect((await probe('ffprobe')).stdout).toContain('codec_type=audio')
  },
)

const hls = (secret: string) =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`
const concat = 'ffconcat version 1.0\nfile beside.ts\n'
