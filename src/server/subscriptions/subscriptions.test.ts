import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { subscriptionReply, subscriptionsReply } from '#contract/subscriptions.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { subscriptionClient } from '#server/testing/imports/subscription-client.ts'
import { processesWith } from '#server/testing/imports/test-yt-dlp.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { openBeside } from '#server/testing/test-store.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const hourMs = 3_600_000

/** A clock that can be set ahead. */
function aheadClock() {
  const clock = {
    lead: 0,
    now: () => Date.now() + clock.lead,
    monotonic: () => performance.now() + clock.lead,
  }
  return clock
}

test('what a list holds at first is left, and what comes later is imported, each once', async () => {
  const clock = aheadClock()
  let count = 3
  await using imports = await startTestImportServer({ dependencies: { clock } })
  const { create, waitForLook, find } = subscriptionClient(imports)
  imports.site.feeds.set('harbour', () => count)
  const { id } = await create('/list/harbour')
  expect(await waitForLook(id)).toMatchObject({
    ...{ title: 'Talks of harbour', state: 'on', imported: 0, every_hours: 24 },
  })
  expect((await imports.list()).folders).toEqual([])
  count = 4
  clock.lead += 25 * hourMs
  await vi.waitFor(async () => expect((await find(id))?.imported).toBe(1), { timeout: 60_000 })
  await vi.waitFor(
    async () => expect((await imports.list('/Talks/')).names).toEqual(['Talk 4 of harbour.mp4']),
    { timeout: 60_000, interval: 250 },
  )
  const before = (await find(id))?.last_look ?? null
  clock.lead += 25 * hourMs
  expect(await waitForLook(id, before)).toMatchObject({ imported: 1 })
})

test('a look that fails is told in words and tried again later and later', async () => {
  const clock = aheadClock()
  await using imports = await startTestImportServer({ dependencies: { clock } })
  const { create, waitForLook, find } = subscriptionClient(imports)
  const { id } = await create('/no-video')
  const pauses: number[] = []
  for (let time = 0; time < 3; time += 1) {
    const before = time === 0 ? null : ((await find(id))?.last_look ?? null)
    if (time > 0) clock.lead += 3 * hourMs
    const failed = await waitForLook(id, before)
    expect(failed?.error).toMatch(/^No video was found on that page/)
    expect(failed?.error_code).toBe('no_video')
    pauses.push(
      (Date.parse(failed?.next_look ?? '') - Date.parse(failed?.last_look ?? '')) / 60_000,
    )
  }
  expect(pauses).toEqual([15, 30, 60])
})

test('it goes on after a restart in the middle of a look, and imports nothing twice', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const { create, find, waitForLook } = subscriptionClient(imports)
  const { id } = await create('/list/harbour?count=3', { only_new: false })
  await imports.server.restart()
  await waitForLook(id)
  await vi.waitFor(async () => expect((await find(id))?.imported).toBe(3), { timeout: 60_000 })
  await imports.server.restart()
  await vi.waitFor(async () => expect((await imports.list('/Talks/')).names).toHaveLength(3), {
    timeout: 90_000,
    interval: 250,
  })
  expect(await find(id)).toMatchObject({ imported: 3, state: 'on' })
})

test('a revoked key and a banned account stop it; another key turns it on again', async () => {
  const clock = aheadClock()
  await using imports = await startTestImportServer({ dependencies: { clock } })
  const { create, find, ask, waitForLook } = subscriptionClient(imports)
  const key = await imports.server.keyWith({ scopes: ['import'] })
  const { id } = await create('/list/harbour?count=2', {}, { key })
  await waitForLook(id)
  await using database = await openBeside({ dataFolder: imports.server.dataFolder })
  await database
    .updateTable('api_key')
    .set({ revoked_at: Date.now() })
    .where('last4', '=', key.slice(-4))
    .execute()
  clock.lead += 25 * hourMs
  await vi.waitFor(
    async () => expect(await find(id)).toMatchObject({ state: 'stopped', next_look: null }),
    {
      timeout: 60_000,
    },
  )
  expect(await find(id)).toMatchObject({ error: 'The key that started it was revoked.' })
  expect((await ask('look', { id })).status).toBe(409)
  expect((await ask('change', { id, state: 'on' })).status).toBe(200)
  await vi.waitFor(
    async () => {
      const found = await find(id)
      expect(found).toMatchObject({ state: 'on', is_looking: false })
      expect(found?.error).toBeUndefined()
    },
    { timeout: 60_000 },
  )
  await database.updateTable('user').set({ banned: 1 }).where('username', '=', 'owner').execute()
  clock.lead += 25 * hourMs
  const stateOf = async () =>
    (await database.selectFrom('subscription').select('state').executeTakeFirst())?.state
  await vi.waitFor(async () => expect(await stateOf()).toBe('stopped'), { timeout: 60_000 })
})

test('one link is subscribed to once, others see nothing of it, and deleting it ends it', async () => {
  await using imports = await startTestImportServer()
  const { create, ask, list, waitForLook } = subscriptionClient(imports)
  const { id } = await create('/list/harbour?count=2')
  const again = await ask('create', { url: `${imports.site.origin}/list/harbour?count=2` })
  expect(again.status).toBe(409)
  const key = await imports.server.keyWith({ username: 'mallory' })
  expect(await list({ key })).toEqual([])
  for (const what of ['change', 'look', 'delete']) {
    expect((await ask(what, { id }, { key })).status).toBe(404)
  }
  const bad: object[] = [{ every_hours: 0 }, { every_hours: 169 }, { url: 'http://10.0.0.1/' }]
  for (const wrong of bad) {
    const reply = await ask('create', { url: 'https://videos.example/', ...wrong })
    expect(reply.status).toBe(400)
  }
  await waitForLook(id)
  expect(
    (await ask('change', { id, quality: 'audio', folder: '/Sound/', state: 'paused' })).status,
  ).toBe(200)
  expect(await list()).toMatchObject([{ quality: 'audio', folder: '/Sound/', state: 'paused' }])
  expect((await ask('delete', { id })).status).toBe(200)
  expect(await list()).toEqual([])
  await imports.expectNoLeftovers()
})

test('a look that runs when the server is killed is made again by the next start', async () => {
  await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-subscription-'))
  await using site = await startTestVideoSite()
  const settings = {
    ...{ BARKEEP_DATA: data.path, BARKEEP_RATE_LIMIT: '1000000' },
    ...{ BARKEEP_IMPORT_ALLOW: site.host, BARKEEP_YT_DLP: '' },
  }
  const url = `${site.origin}/list/harbour?count=2`
  await using killed = startServerProcess(settings)
  const key = await killed.firstKey
  const askOf = (origin: string) => async (what: string, body?: object) => {
    const reply = await fetch(`${origin}/api/v1/${what}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    return await reply.json()
  }
  const before = askOf(await killed.origin)
  const wanted = { url, folder: '/Talks/', quality: '360', only_new: false }
  subscriptionReply.parse(await before('subscriptions/create', wanted))
  await vi.waitFor(() => expect(processesWith(url).length).toBeGreaterThan(0), {
    ...{ timeout: 60_000, interval: 5 },
  })
  await killed.end('SIGKILL')
  await vi.waitFor(() => expect(processesWith(url)).toEqual([]), { timeout: 30_000 })

  await using server = startServerProcess(settings)
  const ask = askOf(await server.origin)
  await vi.waitFor(
    async () => {
      const { files } = (await ask('files?path=/Talks/')) as { files?: { name: string }[] }
      expect(files?.map(({ name }) => name)).toEqual([
        ...['Talk 1 of harbour.mp4', 'Talk 2 of harbour.mp4'],
      ])
    },
    { timeout: 90_000, interval: 250 },
  )
  const [one] = subscriptionsReply.parse(await ask('subscriptions')).subscriptions
  expect(one).toMatchObject({ imported: 2, state: 'on' })
})
