import { expect, test, vi } from 'vitest'
import { type Resolve, resolveByDns } from '#server/imports/guard/address-guard.ts'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { type Canary, startCanary } from '#server/testing/imports/canary.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { fetchPlainly } from '#server/testing/imports/test-yt-dlp.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'

// Real programs, a hundred times, on a machine that may be busy.
vi.setConfig({ testTimeout: 600_000 })

/** This machine's address in every way of writing it. */
const spellings = [
  ...[
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '127.0.0.2',
    '127.255.255.254',
    '0.0.0.0',
    '0',
  ],
  ...['2130706433', '017700000001', '0x7f000001', '0x7f.1', '0177.0.0.1', '0177.0.0x0.1', '0x0'],
  ...['１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...['[0:0:0:0:0:ffff:7f00:0001]', 'localhost', 'LOCALHOST', 'ｌocalhost'],
  ...['mapped.test', 'plain.test', 'plain.test.', 'zone.test', 'several.test'],
]
/** Written like these no packet arrives here even with the guard open: refused, but no proof of it. */
const unroutable = [
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2002:7f00:1::1]'],
  ...['[::127.0.0.1]', '[::7f00:1]', '[::ffff:0:127.0.0.1]', '[fe80::1%25lo]', '[fe80::1%lo]'],
]

/** A header has no such letters: as a redirect they prove nothing, straight they do. */
const unsayable = ['１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', 'ｌocalhost']

const names: Record<string, string[]> = {
  'mapped.test': ['::ffff:127.0.0.1'],
  'plain.test': ['127.0.0.1'],
  'plain.test.': ['127.0.0.1'],
  'zone.test': ['::1'],
  'several.test': ['10.255.255.1', '127.0.0.1'],
}

async function resolve(hostname: string) {
  const found = names[hostname]
  if (found === undefined) return await resolveByDns(hostname)
  return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

type Vector = { type: 'file' | 'video'; link: string }

/** Imports a link, whatever comes of it. */
async function tryImport(imports: TestImportServer, { type, link }: Vector): Promise<void> {
  const video = { quality: 'best', subtitles: true, thumbnail: true }
  await imports.run(link, { type, video }).catch((error: Error) => {
    expect(error.message).toContain('"code":"invalid_request"')
  })
}

// Nobody waits here for a source to come back.
const patience = { ...sourceRetryPolicy, silentMs: 2_000, triesMax: 2, firstPauseMs: 1 }

const startWith = (importAllow: string[], lookup: Resolve = resolve) =>
  startTestImportServer({
    config: { importAllow, importConcurrency: 16 },
    dependencies: { resolve: lookup, patience },
  })
const everywhere = ['0.0.0.0/0', '::/0']

type Trial = { name: string; closed: Vector; canary: Canary; open: Vector; control: Canary }

/**
 * Tries vectors behind the guard, then without it, each towards a canary of its own; `link` makes
 * one for a port. Tells which arrived behind the guard, and which did nowhere and prove nothing.
 */
async function tryAll(
  vectors: Record<string, (origin: string, port: number) => Vector>,
): Promise<{ through: string[]; void: string[] }> {
  await using site = await startTestVideoSite()
  await using closed = await startWith([site.host])
  await using open = await startWith(everywhere)
  await using canaries = new AsyncDisposableStack()
  const trials: Trial[] = []
  for (const [name, make] of Object.entries(vectors)) {
    const canary = canaries.use(await startCanary())
    const control = canaries.use(await startCanary())
    const vector = { closed: make(site.origin, canary.port), open: make(site.origin, control.port) }
    trials.push({ name, canary, control, ...vector })
  }
  await sharedOut(trials, ({ closed: vector }) => tryImport(closed, vector))
  // The program alone gets there with nearly all, many in one run: the rest needs our own help.
  const videos = trials.filter((trial) => trial.open.type === 'video')
  await sharedOut([0, 1, 2], (third) =>
    fetchPlainly(videos.filter((_, index) => index % 3 === third).map((trial) => trial.open.link)),
  )
  const silent = trials.filter(({ control }) => control.connections() === 0)
  // Where no packet of a file arrives the system takes seconds to say so, and nothing is done meanwhile.
  await sharedOut(silent, (trial) => tryImport(open, trial.open), videos.length > 0 ? 3 : 16)
  await closed.expectNoLeftovers()
  return {
    through: trials.filter(({ canary }) => canary.connections() > 0).map(({ name }) => name),
    void: trials.filter(({ control }) => control.connections() === 0).map(({ name }) => name),
  }
}

async function sharedOut<Item>(
  items: Item[],
  work: (item: Item) => Promise<void>,
  atOnce = 3,
): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const redirect = (origin: string, to: string) => `${origin}/redirect?to=${encodeURIComponent(to)}`
const hostile = (origin: string, trick: string, to: string) =>
  `${origin}/hostile/${trick}?to=${encodeURIComponent(to)}`

test('no spelling of this machine is reached by a file import, neither straight nor by a redirect', async () => {
  const hosts = [...spellings, ...unroutable]
  const straight = hosts.map((host) => [
    `straight to ${host}`,
    (_: string, port: number): Vector => ({ type: 'file', link: `http://${host}:${port}/` }),
  ])
  const redirected = hosts.map((host) => [
    `redirected to ${host}`,
    (origin: string, port: number): Vector => ({
      ...{ type: 'file', link: redirect(origin, `http://${host}:${port}/`) },
    }),
  ])
  const told = await tryAll(Object.fromEntries([...straight, ...redirected]))
  expect(told.through).toEqual([])
  const voids = unroutable
    .flatMap((host) => [`straight to ${host}`, `redirected to ${host}`])
    .concat(unsayable.map((host) => `redirected to ${host}`))
  expect(told.void.toSorted()).toEqual(voids.toSorted())
})

/** How a page leads yt-dlp to an address. */
type Trick = (origin: string, to: string) => string
const byPage =
  (trick: string): Trick =>
  (origin, to) =>
    hostile(origin, trick, to)
const byManifest =
  (trick: string): Trick =>
  (origin, to) =>
    hostile(origin, 'content', hostile(origin, trick, to))

const tricks: Record<string, Trick> = {
  'a video address': byPage('content'),
  'a video element': byPage('element'),
  'a thumbnail': byPage('thumbnail'),
  'a refreshing page': byPage('refresh'),
  'the page itself': (_origin, to) => to,
  'an HLS variant': byManifest('variant.m3u8'),
  'an HLS segment': byManifest('segment.m3u8'),
  'an HLS key': byManifest('key.m3u8'),
  'an HLS map': byManifest('map.m3u8'),
  'HLS subtitles': byManifest('subtitles.m3u8'),
  'pieces of HLS subtitles': (origin, to) =>
    byManifest('subtitles.m3u8')(origin, hostile(origin, 'segment.m3u8', to)),
  'an HLS segment of a variant': (origin, to) =>
    byManifest('variant.m3u8')(origin, hostile(origin, 'segment.m3u8', to)),
  'an HLS list that ffmpeg fetches': byManifest('sample-aes.m3u8'),
  'a live HLS list': byManifest('live.m3u8'),
  'a DASH base': byManifest('base.mpd'),
  'a DASH segment': byManifest('segment.mpd'),
}

const ways: Record<string, (origin: string, port: number) => string> = {
  straight: (_origin, port) => `http://127.0.0.1:${port}/x.mp4`,
  redirected: (origin, port) => redirect(origin, `http://127.0.0.1:${port}/x.mp4`),
  // Other words for an address and other protocols, in the place where most is believed.
  'in decimal': (_origin, port) => `http://2130706433:${port}/x.ts`,
  'in full-width digits': (_origin, port) => `http://１２７.０.０.１:${port}/x.ts`,
  'in mapped IPv6': (_origin, port) => `http://[::ffff:127.0.0.1]:${port}/x.ts`,
  'by a name': (_origin, port) => `http://localhost:${port}/x.ts`,
  'by https': (_origin, port) => `https://127.0.0.1:${port}/x.ts`,
  'by ftp': (_origin, port) => `ftp://127.0.0.1:${port}/x.ts`,
  'by tcp': (_origin, port) => `tcp://127.0.0.1:${port}`,
  'by concat': (_origin, port) => `concat:http://127.0.0.1:${port}/x.ts`,
  'by rtmp': (_origin, port) => `rtmp://127.0.0.1:${port}/x`,
  'by data': (_origin, port) =>
    `data:application/vnd.apple.mpegurl,${encodeURIComponent(`#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:${port}/x.ts\n`)}`,
}

const redirectedTricks = [
  ...['a video address', 'a thumbnail', 'the page itself', 'an HLS variant', 'an HLS segment'],
  ...['an HLS key', 'HLS subtitles', 'a DASH base', 'a DASH segment'],
]
const ffmpegWays = ['in decimal', 'in mapped IPv6', 'by https', 'by tcp']
/** No program here opens these from where they stand. */
const proveNothing = [
  ...['by tcp', 'by concat', 'by rtmp', 'by data'].map((way) => `an HLS segment, ${way}`),
  'an HLS list that ffmpeg fetches, by tcp',
]

test('no page, list or redirect leads yt-dlp to this machine', async () => {
  const vectors: Parameters<typeof tryAll>[0] = {}
  const add = (trick: string, way: string) => {
    const [make, to] = [tricks[trick] as Trick, ways[way] as (typeof ways)[string]]
    vectors[`${trick}, ${way}`] = (origin, port) => ({
      ...{ type: 'video', link: make(origin, to(origin, port)) },
    })
  }
  for (const trick of Object.keys(tricks)) add(trick, 'straight')
  for (const trick of redirectedTricks) add(trick, 'redirected')
  for (const way of Object.keys(ways).slice(2)) add('an HLS segment', way)
  for (const way of ffmpegWays) add('an HLS list that ffmpeg fetches', way)
  const told = await tryAll(vectors)
  expect(told.through).toEqual([])
  expect(told.void.toSorted()).toEqual(proveNothing.toSorted())
})

/** A name that means the site when it is asked for first, and another place from then on. */
function rebinding(): Resolve {
  const asked = new Set<string>()
  return async (hostname) => {
    const address = asked.has(hostname) ? '127.0.0.2' : '127.0.0.1'
    asked.add(hostname)
    return [{ address, family: 4 }]
  }
}

test('a name that means another address a moment later leads nowhere', async () => {
  await using site = await startTestVideoSite()
  const port = Number(new URL(site.origin).port)
  await using canary = await startCanary({ host: '127.0.0.2', port })
  const there = `http://rebinding.test:${port}`
  const segment = hostile(there, 'segment.m3u8', `${there}/x.ts`)
  const vectors: Vector[] = [
    { type: 'file', link: redirect(there, `${there}/x`) },
    { type: 'video', link: hostile(there, 'content', `${there}/x.mp4`) },
    { type: 'video', link: hostile(site.origin, 'content', segment) },
  ]
  for (const vector of vectors) {
    const before = canary.connections()
    await using closed = await startWith([site.host], rebinding())
    await tryImport(closed, vector)
    expect(canary.connections(), vector.link).toBe(before)
    await using open = await startWith(everywhere, rebinding())
    await tryImport(open, vector)
    expect(canary.connections(), vector.link).toBeGreaterThan(before)
  }
})
