import { expect, test, vi } from 'vitest'
import { type RetryPolicy, sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { type SourceAnswer, startTestSource } from '#server/testing/imports/source.ts'
import { testFileBytes } from '#server/testing/imports/video-files.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const bytes = testFileBytes(0, 300_000)
const gone: SourceAnswer = (outgoing) => void outgoing.writeHead(410).end('gone')
const whole: SourceAnswer = (outgoing) =>
  void outgoing.writeHead(200, { 'content-length': bytes.length }).end(bytes)

/** A server with a place for one import, which a slow one can take. */
async function startWith(host: string, patience: Partial<RetryPolicy> = {}) {
  const imports = await startTestImportServer({
    config: { importAllow: [host, '127.0.0.1'], importConcurrency: 1 },
    dependencies: {
      patience: { ...sourceRetryPolicy, firstPauseMs: 10, longestPauseMs: 40, ...patience },
    },
  })
  const takePlace = async () => {
    const id = await imports.start('/file/slow.bin?size=16000000&pace=20', { type: 'file' })
    await imports.waitFor(id, ({ progress }) => progress !== '0%')
    return id
  }
  const cancel = (id: string) => imports.server.post('/api/v1/import/cancel', { task_id: id })
  const bytesOf = async (link = '') => Buffer.from(await (await fetch(link)).arrayBuffer())
  return { ...imports, takePlace, cancel, bytesOf }
}

test('a link that works once is opened once, to look at it and to store it', async () => {
  await using source = await startTestSource(whole, gone)
  await using imports = await startWith(source.host)
  const task = await imports.run(`${source.origin}/once.bin`)
  expect(task).toMatchObject({ state: 'completed', type: 'file' })
  expect((await imports.bytesOf(task.link)).equals(bytes)).toBe(true)
  expect(source.requests).toHaveLength(1)
})

test('so it is where its import has to wait for a place', async () => {
  await using source = await startTestSource(whole, gone)
  await using imports = await startWith(source.host)
  const slow = await imports.takePlace()
  const id = await imports.start(`${source.origin}/once.bin`)
  expect(source.requests).toHaveLength(1)
  await imports.cancel(slow)
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect((await imports.bytesOf(task.link)).equals(bytes)).toBe(true)
  expect(source.requests).toHaveLength(1)
})

test('a source that answers after the person has their reply is asked once', async () => {
  await using source = await startTestSource(
    (outgoing, incoming) => void setTimeout(() => whole(outgoing, incoming), 6_000),
    gone,
  )
  await using imports = await startWith(source.host)
  const task = await imports.run(`${source.origin}/slow`)
  expect(task).toMatchObject({ state: 'completed', type: 'file' })
  expect((await imports.bytesOf(task.link)).equals(bytes)).toBe(true)
  expect(source.requests).toHaveLength(1)
})

/** Answers and never ends; `closed` resolves when its reader leaves. */
function createEndless() {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const answer: SourceAnswer = (outgoing) => {
    outgoing.writeHead(200, { 'content-length': 1_000_000_000 })
    outgoing.write(bytes)
    outgoing.on('close', resolve)
  }
  return { answer, closed }
}

test.each(['cancelling', 'ending the server'])(
  '%s closes what is held for a waiting import',
  async (how) => {
    const { answer, closed } = createEndless()
    await using source = await startTestSource(answer)
    await using imports = await startWith(source.host)
    await imports.takePlace()
    const id = await imports.start(`${source.origin}/endless.bin`)
    if (how === 'cancelling') await imports.cancel(id)
    else await imports.server.restart()
    await closed
    if (how === 'cancelling') expect((await imports.status(id)).state).toBe('cancelled')
  },
)

test('a link that is gone when it is opened again after a restart is told as one that worked once', async () => {
  await using source = await startTestSource(createEndless().answer, gone)
  await using imports = await startWith(source.host)
  const slow = await imports.takePlace()
  const id = await imports.start(`${source.origin}/once.bin`)
  await imports.server.restart()
  // The slow one has its place again, and gives it up.
  await imports.cancel(slow)
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task.error).toBe(
    'The site answered 410 (gone). It was there before, so the link may work only once: get a new one and import that.',
  )
})

const lost =
  'The import had to wait before it could ask, and many links end soon or work only once: get a new one and import that.'

test.each([
  [410, 'file', 'gone'],
  [403, 'file', 'not allowed'],
  [404, 'video', 'not found'],
] as const)(
  'a link that answers %i once its import has waited for a place is told as one that ended',
  async (status, type, phrase) => {
    await using source = await startTestSource(
      (outgoing) => void outgoing.writeHead(status).end('over'),
    )
    await using imports = await startWith(source.host)
    const slow = await imports.takePlace()
    const id = await imports.start(`${source.origin}/soon.bin`, { type })
    await imports.cancel(slow)
    expect(await imports.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
      error: `The site answered ${status} (${phrase}). ${lost}`,
      error_code: 'link_expired',
    })
  },
)

test('so is one whose source asked to wait; one that was asked at once is only gone', async () => {
  const busy: SourceAnswer = (outgoing) =>
    void outgoing.writeHead(503, { 'retry-after': '1' }).end()
  await using source = await startTestSource(busy, gone)
  await using imports = await startWith(source.host)
  const errors = [
    (await imports.run(`${source.origin}/a.bin`, { type: 'file' })).error,
    (await imports.run(`${source.origin}/a.bin`, { type: 'file' })).error,
  ]
  expect(errors).toEqual([`The site answered 410 (gone). ${lost}`, 'The site answered 410 (gone).'])
})

/** A page with one video, which is at `/film.m3u8`. */
const page: SourceAnswer = (outgoing, { headers }) => {
  const json = {
    ...{ '@context': 'https://schema.org', '@type': 'VideoObject', name: 'Once' },
    contentUrl: `http://${headers.host}/film.m3u8`,
  }
  outgoing.writeHead(200, { 'content-type': 'text/html' })
  outgoing.end(`<html><script type="application/ld+json">${JSON.stringify(json)}</script></html>`)
}

test.each(['/watch/a', '/redirect?to=/watch/a', '/media/0/master.m3u8', '/watch/a#t=1'])(
  'the video of %s is told and fetched by one opening',
  async (link) => {
    await using imports = await startTestImportServer()
    expect(await imports.run(link)).toMatchObject({ state: 'completed', type: 'video' })
    const [path = ''] = link.split('#')
    const asked = imports.site.requests.map(({ line }) => line.replace(/^GET /, ''))
    expect(asked.filter((one) => one === path || one === '/watch/a')).toHaveLength(
      path.startsWith('/redirect') ? 2 : 1,
    )
  },
)

test('so it is where its import has to wait, and what the page set goes to the site again', async () => {
  await using site = await startTestVideoSite()
  await using source = await startTestSource(
    (outgoing, incoming) => page(outgoing.setHeader('set-cookie', 'seat=12'), incoming),
    (outgoing, { headers }) =>
      void (headers.cookie === 'seat=12'
        ? outgoing.writeHead(302, { location: `${site.origin}/media/0/360/index.m3u8` }).end()
        : outgoing.writeHead(403).end()),
  )
  await using imports = await startWith(source.host)
  const slow = await imports.takePlace()
  const id = await imports.start(`${source.origin}/once`)
  expect(source.requests).toHaveLength(1)
  await imports.cancel(slow)
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'completed', title: 'Once' })
  expect(source.requests).toHaveLength(2)
})

test('a page without a video is asked for again by yt-dlp, which sites may give another one', async () => {
  await using site = await startTestVideoSite()
  await using source = await startTestSource((outgoing, incoming) => {
    if (incoming.url !== '/') {
      outgoing.writeHead(302, { location: `${site.origin}/media/0/360/index.m3u8` }).end()
    } else if (/Barkeep/.test(incoming.headers['user-agent'] ?? '')) {
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Who are you?</html>')
    } else page(outgoing, incoming)
  })
  await using imports = await startWith(source.host)
  expect(await imports.run(`${source.origin}/`)).toMatchObject({
    state: 'completed',
    title: 'Once',
  })
})

test('no more than sixteen links of one person are held; the others are opened when they run', async () => {
  await using source = await startTestSource(whole)
  await using imports = await startWith(source.host)
  const slow = await imports.takePlace()
  const ids: string[] = []
  for (let count = 0; count < 18; count += 1) {
    ids.push(await imports.start(`${source.origin}/${count}.bin`))
  }
  expect(source.requests).toHaveLength(16)
  await imports.cancel(slow)
  for (const id of ids) {
    const task = await imports.waitFor(id, ({ state }) => state !== 'running')
    expect(task.state).toBe('completed')
  }
  expect(source.requests).toHaveLength(18)
})
