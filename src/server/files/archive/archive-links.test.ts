import { stat, truncate } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { systemClock } from '#server/core/clock.ts'
import { archive, bytesOf, fill } from '#server/testing/archive-client.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, openBeside } from '#server/testing/test-store.ts'

// What becomes of an archive's link when something changes after it was made.

test.each(['delete', 'delete its folder', 'delete for ever'])(
  'an archive of which a file was lost by "%s" is told as such, and another one has another tag',
  async (how) => {
    await using server = await startTestServer()
    const at = await fill(server)
    const first = await archive(server, { items: ['/Films/', '/top.txt'] })
    const etag = (await fetch(first.link, { method: 'HEAD' })).headers.get('etag')
    const { results } = await at.delete([how === 'delete its folder' ? '/Films/2026/' : '/top.txt'])
    if (how === 'delete for ever') await at.deleteForEver([results[0]?.trash_id ?? ''])
    for (const init of [{}, { method: 'HEAD' }, { headers: { range: 'bytes=0-9' } }]) {
      expect((await fetch(first.link, init)).status).toBe(404)
    }
    const told = errorReply.parse(await (await fetch(first.link)).json())
    expect(told).toMatchObject({ code: 'not_found' })
    expect(told.message).toMatch(/deleted after its link was made/)
    const { link } = await archive(server, { items: ['/Films/'] })
    const other = (await fetch(link, { method: 'HEAD' })).headers.get('etag')
    expect(other).not.toBe(etag)
    if (how === 'delete its folder') {
      await at.restore([results[0]?.trash_id ?? ''])
      expect((await fetch(first.link, { method: 'HEAD' })).headers.get('etag')).toBe(etag)
    }
  },
)

test('what is renamed and moved meanwhile is sent as it was named', async () => {
  await using server = await startTestServer()
  const at = await fill(server)
  const { link } = await archive(server, { items: ['/top.txt', '/Films/2026/'] })
  const before = await bytesOf(link)
  await at.rename('/top.txt', 'other.txt')
  await at.move(['/Films/2026/'], '/')
  expect((await bytesOf(link)).equals(before)).toBe(true)
})

test('bytes that the disk lost break the download, never a shorter zip', async () => {
  await using server = await startTestServer()
  const at = await fill(server)
  const lost = await archive(server, { items: ['/top.txt'] })
  await at.upload('/Films/2026/b2.txt', 'b'.repeat(3_000_000))
  const { link } = await archive(server, { items: ['/Films/', '/top.txt'] })
  const whole = await bytesOf(link)
  for (const path of await blobPaths(server)) {
    if ((await stat(path)).size === 3) await truncate(path, 2)
  }
  // Before a byte is out it is told, after that by an end in the middle.
  expect((await fetch(lost.link)).status).toBe(503)
  const reply = await fetch(link)
  expect(reply.status).toBe(200)
  await expect(reply.arrayBuffer()).rejects.toThrow()
  const range = { range: `bytes=0-${whole.length - 1_000}` }
  expect((await bytesOf(link, range)).equals(whole.subarray(0, whole.length - 999))).toBe(true)
})

test('a file that is deleted while it is on its way breaks the download', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1_000 } })
  const at = manageClient(server)
  for (const index of Array(8).keys()) await at.upload(`/F/${index}.bin`, 'x'.repeat(4_000_000))
  // On a second page of its list: the first is being sent when it goes.
  for (const index of Array(300).keys()) await at.upload(`/F/s${index}.txt`, `${index}`)
  const { link } = await archive(server, { items: ['/F/'] })
  const reply = await fetch(link)
  const reader = reply.body?.getReader()
  await reader?.read()
  await at.delete(['/F/s99.txt'])
  const drain = async () => {
    while (!(await reader?.read())?.done);
  }
  await expect(drain()).rejects.toThrow()
})

test('a link opens nothing once its key is revoked, its account banned, or its time over', async () => {
  let ahead = 0
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  await using server = await startTestServer({ dependencies: { clock } })
  await fill(server)
  const key = await server.keyWith({ username: 'owner', scopes: ['read'] })
  const { link, expires_at } = await archive(server, { items: ['/top.txt'] }, key)
  const other = await archive(server, { items: ['/top.txt'] })
  const status = async (address = link) => (await fetch(address)).status
  expect(await status()).toBe(200)
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(11 * 3_600_000)
  await using store = await openCliStore(server.config)
  const owner = await store.users.find('owner')
  await store.users.setState(owner?.id ?? '', 'banned', new Date())
  expect(await status()).toBe(404)
  await store.users.setState(owner?.id ?? '', 'active', new Date())
  expect(await status()).toBe(200)
  const { key: own } = meReply.parse(await (await server.get('/api/v1/me', { key })).json())
  await store.apiKeys.revoke(own.id, { now: Date.now() })
  expect([await status(), await status(other.link)]).toEqual([404, 200])
  ahead = 12 * 3_600_000 + 1_000
  expect(await status(other.link)).toBe(404)
  ahead = 0
  // Another name or id is nothing.
  for (const wrong of [`${other.link}x`, other.link.replace('top', 'tip'), `${other.link}/x`]) {
    expect(await status(wrong)).toBe(404)
  }
})

test('a start takes away what has expired, and what was not finished', async () => {
  await using server = await startTestServer()
  await fill(server)
  await archive(server, { items: ['/top.txt'] })
  const kept = await archive(server, { items: ['/Films/'] })
  await using database = await openBeside(server)
  const old = Date.now() - 25 * 3_600_000
  await sql`update archive set expires_at = ${old} where name = 'top.txt.zip'`.execute(database)
  const unfinished = sql`insert into archive select 'x', user_id, key_id, name, '', 0, 0, 0, 0, 0, 0, expires_at from archive where name = 'Films.zip'`
  await unfinished.execute(database)
  await server.restart()
  const names = async () =>
    (await database.selectFrom('archive').select('name').execute()).map(({ name }) => name)
  await expect.poll(names).toEqual([kept.name])
  const pages = await database.selectFrom('archive_page').select('token').execute()
  expect(pages).toHaveLength(1)
})

test('an account has fifty at once: the oldest give way', async () => {
  await using server = await startTestServer({ config: { rateLimit: 100 } })
  await fill(server)
  const links: string[] = []
  for (let made = 0; made < 52; made += 1) {
    links.push((await archive(server, { items: ['/top.txt'] })).link)
  }
  const statuses = await Promise.all(links.map(async (link) => (await fetch(link)).status))
  expect(statuses.filter((status) => status === 404)).toHaveLength(2)
  expect(statuses.slice(2).every((status) => status === 200)).toBe(true)
})
