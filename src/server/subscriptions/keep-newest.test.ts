import { expect, test, vi } from 'vitest'
import { subscriptionReply } from '#contract/subscriptions.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { subscriptionClient } from '#server/testing/imports/subscription-client.ts'
import { manageClient } from '#server/testing/manage-client.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** A list of `count` talks, one more with each `add`, and what the folder has of them. */
async function startList(count: number) {
  const imports = await startTestImportServer()
  imports.site.feeds.set('harbour', () => count)
  const client = subscriptionClient(imports)
  const at = manageClient(imports.server)
  return {
    ...{ imports, client, at },
    add: () => {
      count += 1
    },
    async lookAgain(id: string) {
      const before = (await client.find(id))?.last_look ?? null
      expect((await client.ask('look', { id })).status).toBe(200)
      return await client.waitForLook(id, before)
    },
    /** Waits until the folder has the talks of these numbers, whatever else it has. */
    holds: (...numbers: number[]) =>
      vi.waitFor(
        async () => {
          const talks = (await at.list('/Talks/'))?.filter((name) => name.startsWith('Talk'))
          expect(talks).toEqual(numbers.map((number) => `Talk ${number} of harbour.mp4`))
        },
        { timeout: 60_000, interval: 250 },
      ),
    trashed: async () => (await at.trash()).items.map(({ path }) => path),
    [Symbol.asyncDispose]: () => imports[Symbol.asyncDispose](),
  }
}

test('the newest stay, older ones go to the trash and are not fetched again', async () => {
  await using list = await startList(4)
  const { id, keep } = await list.client.create('/list/harbour', { only_new: false, keep: 2 })
  expect(keep).toBe(2)
  // What would be put away at once is not fetched.
  await list.holds(3, 4)
  expect(await list.client.find(id)).toMatchObject({ imported: 2 })
  list.add()
  await list.lookAgain(id)
  await list.holds(4, 5)
  expect(await list.trashed()).toEqual(['/Talks/Talk 3 of harbour.mp4'])
  // Whoever takes it out of the trash keeps it.
  const [{ id: trashId = '' } = {}] = (await list.at.trash()).items
  await list.at.restore([trashId])
  list.add()
  await list.imports.server.restart()
  await list.lookAgain(id)
  await list.holds(3, 5, 6)
  expect(await list.trashed()).toEqual(['/Talks/Talk 4 of harbour.mp4'])
  expect(await list.lookAgain(id)).toMatchObject({ imported: 4 })
})

test('what was there before, and what somebody moved, renamed or replaced, is left alone', async () => {
  await using list = await startList(3)
  const { at, imports } = list
  const video = { quality: '360', folder: '/Talks/' as never, subtitles: false, thumbnail: false }
  const link = `/watch/harbour-1?title=${encodeURIComponent('Talk 1 of harbour')}`
  expect(await imports.run(link, { type: 'video', video })).toMatchObject({ state: 'completed' })
  const { id } = await list.client.create('/list/harbour', { only_new: false, keep: 3 })
  await list.holds(1, 2, 3)
  await at.rename('/Talks/Talk 2 of harbour.mp4', 'Mine.mp4')
  await at.upload('/new/Talk 3 of harbour.mp4', 'cut')
  await at.move(['/new/Talk 3 of harbour.mp4'], '/Talks/', 'replace')
  const before = (await at.trash()).total
  for (const numbers of [
    [1, 3, 4, 5],
    [1, 3, 5, 6, 7],
  ]) {
    list.add()
    list.add()
    await list.lookAgain(id)
    await list.holds(...numbers)
  }
  expect(await at.list('/Talks/')).toContain('Mine.mp4')
  expect((await list.trashed()).slice(0, -before)).toEqual(['/Talks/Talk 4 of harbour.mp4'])
})

test('a smaller number counts at once, and all files of a video go', async () => {
  await using list = await startList(3)
  const all = { only_new: false, subtitles: true }
  const { id } = await list.client.create('/list/harbour', all)
  await vi.waitFor(async () => expect(await list.at.list('/Talks/')).toHaveLength(9), {
    timeout: 60_000,
  })
  const reply = await list.client.ask('change', { id, keep: 1 })
  expect(subscriptionReply.parse(await reply.json()).subscription.keep).toBe(1)
  expect(await list.at.list('/Talks/')).toEqual(
    ['.de.vtt', '.en.vtt', '.mp4'].map((ending) => `Talk 3 of harbour${ending}`),
  )
  expect((await list.at.trash()).total).toBe(6)
  await list.client.ask('change', { id, keep: null })
  expect(await list.client.find(id)).toMatchObject({ keep: null })
})

test('it takes a key that may delete, and a trash', async () => {
  await using list = await startList(2)
  const { client, imports } = list
  const key = await imports.server.keyWith({ scopes: ['import'] })
  const url = `${imports.site.origin}/list/harbour`
  expect((await client.ask('create', { url, keep: 2 }, { key })).status).toBe(403)
  for (const keep of [0, 1.5, 1001, 'all']) {
    expect((await client.ask('create', { url, keep })).status).toBe(400)
  }
  const { id } = await client.create('/list/harbour', { keep: 1, only_new: false })
  await list.holds(2)
  expect((await client.ask('change', { id, keep: 3 }, { key })).status).toBe(403)
  expect((await client.ask('change', { id, keep: 1, every_hours: 12 }, { key })).status).toBe(200)
  imports.server.config.trashDays = 0
  await imports.server.restart()
  expect((await client.find(id))?.keep_problem).toMatch(/^All of them stay: the trash .* is off/)
  list.add()
  await list.lookAgain(id)
  await list.holds(2, 3)
  expect((await client.ask('change', { id, keep: 2 })).status).toBe(409)
})
