import { expect, test } from 'vitest'
import { archiveReply } from '#contract/archive.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { outcome, shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const config = { rateLimit: 1_000 }

async function filled(server: TestServer) {
  const manage = manageClient(server)
  for (const path of [
    '/top secret.txt',
    '/Home/beside secret.txt',
    '/Home/Shared/seen.txt',
    '/Home/Shared/Inner/deep.txt',
    '/Home/Shared/Inner/deeper.txt',
  ]) {
    await manage.upload(path)
  }
  return manage
}

const zip = (server: TestServer, key: string, body: object) =>
  server.post('/api/v1/archive', body, { key })

/** The names in a zip, as its directory has them. */
async function namesIn(reply: Response): Promise<string[]> {
  const { link } = archiveReply.parse(await reply.json())
  const bytes = Buffer.from(await (await fetch(link)).arrayBuffer())
  const names: string[] = []
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4)) {
    names.push(bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28)).toString())
  }
  return names.sort()
}

test('a guest takes all of what is shared as one zip, or some of it', async () => {
  await using server = await startTestServer({ config })
  await filled(server)
  const { key } = await shareClient(server).create({ path: '/Home/Shared/', name: 'For you' })
  const all = await zip(server, key, { items: ['/'] })
  const { name } = archiveReply.parse(await all.clone().json())
  expect(name).toBe('For you.zip')
  expect(await namesIn(all)).toEqual([
    ...['Inner/', 'Inner/deep.txt', 'Inner/deeper.txt', 'seen.txt'],
  ])
  const some = await zip(server, key, { items: ['/Inner/deep.txt', '/seen.txt'] })
  expect(await namesIn(some)).toEqual(['deep.txt', 'seen.txt'])
  const rest = { files_of: { path: '/Inner/', except: ['deep.txt'] } }
  expect(await namesIn(await zip(server, key, rest))).toEqual(['deeper.txt'])
})

const waysOut = [
  ...['/Home/', '/Home/Shared/', '/top secret.txt', '/../', '/../top secret.txt', '/./', '/inner/'],
  ...['/Inner/../', '/Inner/../../', '..', '//', '/%2e%2e/', '\\..\\', '/beside secret.txt', '/0/'],
]

test.each(waysOut)('no zip of a guest holds %j', async (way) => {
  await using server = await startTestServer({ config })
  await filled(server)
  const { key } = await shareClient(server).create({ path: '/Home/Shared/' })
  const items = await zip(server, key, { items: [way] })
  expect([400, 404], await items.clone().text()).toContain(items.status)
  const path = way.endsWith('/') ? way : `${way}/`
  const inFolder = await zip(server, key, { files_of: { path } })
  // What is no path at all to begin with may mean the shared folder itself.
  if (inFolder.ok) expect(await namesIn(inFolder)).toEqual(['seen.txt'])
})

test('of a selection a zip holds the selection', async () => {
  await using server = await startTestServer({ config })
  const manage = await filled(server)
  const items = ['/Home/Shared/Inner/', '/top secret.txt']
  const { key } = await shareClient(server).create({ items })
  await manage.upload('/later.txt')
  expect(await namesIn(await zip(server, key, { items: ['/'] }))).toEqual([
    ...['Inner/', 'Inner/deep.txt', 'Inner/deeper.txt', 'top secret.txt'],
  ])
  expect(await namesIn(await zip(server, key, { items: ['/Inner/deep.txt'] }))).toEqual([
    'deep.txt',
  ])
  const whole = { items: ['/Inner/'], files_of: { path: '/' } }
  expect(await namesIn(await zip(server, key, whole))).toEqual([
    ...['Inner/', 'Inner/deep.txt', 'Inner/deeper.txt', 'top secret.txt'],
  ])
  const none = { files_of: { path: '/', except: ['top secret.txt'] } }
  expect(await namesIn(await zip(server, key, none))).toEqual([])
  for (const body of [
    ...[{ items: ['/later.txt'] }, { items: ['/Home/'] }, { items: ['/Home/Shared/seen.txt'] }],
    { files_of: { path: '/Home/' } },
  ]) {
    expect(await outcome(await zip(server, key, body))).toBe('404 not_found')
  }
})

test('a zip of a guest ends with the link, and those of others are in nobody’s way', async () => {
  let now = Date.now()
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ config, dependencies: { clock } })
  await filled(server)
  const shares = shareClient(server)
  const own = archiveReply.parse(await (await zip(server, server.key, { items: ['/'] })).json())
  const expires_at = new Date(now + 3_600_000).toISOString()
  const [one, other] = [
    await shares.create({ path: '/Home/', expires_at }),
    await shares.create({ path: '/Home/' }),
  ]
  const linkOf = async (key: string) =>
    archiveReply.parse(await (await zip(server, key, { items: ['/'] })).json()).link
  const first = await linkOf(other.key)
  for (let made = 0; made < 5; made += 1) await linkOf(other.key)
  // The oldest of this link gave way, and not the owner's.
  expect((await fetch(first)).status).toBe(404)
  const [ending, lasting] = [await linkOf(one.key), await linkOf(other.key)]
  now += 3_600_000
  expect((await fetch(ending)).status).toBe(404)
  expect((await fetch(lasting)).status).toBe(200)
  await shares.revoke([other.share.id])
  expect((await fetch(lasting)).status).toBe(404)
  expect((await fetch(own.link)).status).toBe(200)
})
