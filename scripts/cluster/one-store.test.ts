import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createAccount, createClient } from './client.ts'
import { sharedEngines } from './shared-engines.ts'
import { type Cluster, startCluster } from './start-cluster.ts'

/** Started at once on an empty database: what several servers on one store get wrong shows at the first start. */
let cluster: Cluster
let owner: Client
beforeAll(async () => {
  const engines = await sharedEngines()
  cluster = await startCluster({ engines, settings: { BARKEEP_YT_DLP: '/not-looked-for' } })
  owner = createClient(cluster.signIn.key)
}, 600_000)
afterAll(async () => await cluster?.[Symbol.asyncDispose]())

const origins = () => cluster.servers.map(({ origin }) => origin)
const onEach = <Result>(work: (origin: string, index: number) => Promise<Result>) =>
  Promise.all(origins().map(work))

test('servers that start at once make one account, and one of them tells of it', async () => {
  expect(await cluster.cli('users', 'list')).toMatch(/^NAME.*\nowner\s.*\n?$/)
  for (const server of cluster.servers) expect(await server.takeSignIn()).toBeNull()
  const replies = await onEach((origin) => owner.request(origin, '/api/v1/me'))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
})

test('a link answers on all servers, ranges and all, whichever took the upload', async () => {
  const bytes = randomBytes(100_000)
  const links = await onEach(async (origin, index) => {
    const reply = await owner.upload(origin, `links/${index}.bin`, bytes)
    return ((await reply.json()) as { link: string }).link
  })
  for (const link of links) {
    const { pathname } = new URL(link)
    expect(new URL(link).origin).toBe(cluster.origin)
    const tags = await onEach(async (origin) => {
      const whole = await fetch(origin + pathname)
      expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
      const headers = { range: 'bytes=50000-50009' }
      const part = await fetch(origin + pathname, { headers })
      expect(part.status).toBe(206)
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(50_000, 50_010))).toBe(
        true,
      )
      return whole.headers.get('etag')
    })
    expect(new Set(tags).size).toBe(1)
  }
})

test('one Idempotency-Key at once on all servers makes one file and one answer', async () => {
  for (let times = 0; times < 3; times++) {
    const key = randomUUID()
    // Without the key these three would be three files: their bytes differ.
    const answers = await onEach(async (origin) => {
      for (;;) {
        const reply = await owner.upload(origin, `once/${times}.bin`, randomBytes(1000), key)
        if (reply.status === 200) return ((await reply.json()) as { link: string }).link
        await reply.body?.cancel()
        // For other bytes the key is taken: who came first decides.
        if (reply.status === 400) return null
        expect(reply.status).toBe(503)
        await pause(50)
      }
    })
    expect(answers.filter((link) => link !== null).length).toBe(1)
  }
  const { files } = await owner.list(cluster.origin, '/once/')
  expect(files.map(({ name }) => name)).toEqual(['0.bin', '1.bin', '2.bin'])
})

test('a folder made on one server is in the trees of all at the next request', async () => {
  const seen = () =>
    onEach(async (origin) =>
      JSON.stringify(await (await owner.request(origin, '/api/v1/folders')).json()),
    )
  await seen()
  for (const [index, origin] of origins().entries()) {
    expect((await owner.upload(origin, `made-${index}/a.txt`, 'a')).status).toBe(200)
    for (const tree of await seen()) expect(tree).toContain(`made-${index}`)
  }
})

type MadeKey = { key: { id: string }; secret: string }

/** Sends as a browser does whose page is the balancer's, with the session that another server began. */
async function signIn(origin: string) {
  const headers = { 'content-type': 'application/json', origin: cluster.origin }
  const { name: username, password } = cluster.signIn
  const body = JSON.stringify({ username, password })
  const url = `${origin}/api/auth/sign-in/username`
  const reply = await fetch(url, { method: 'POST', headers, body })
  expect(reply.status).toBe(200)
  const cookie = reply.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return {
    get: (at: string) => fetch(`${at}/api/keys`, { headers: { cookie } }),
    post: (at: string, path: string, sent: unknown) =>
      fetch(at + path, {
        ...{ method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(sent) },
      }),
  }
}

test('a session of one server is one of all, ten keys are the most, and what is revoked is so everywhere', async () => {
  const [first = '', second = '', third = ''] = origins()
  const session = await signIn(first)
  // One is there already.
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      session.post(origins()[index % 3] ?? '', '/api/keys', { name: `${index}` }),
    ),
  )
  const good = made.filter(({ status }) => status === 200)
  expect(good.length).toBe(9)
  const listed = await session.get(second)
  expect(((await listed.json()) as { keys: unknown[] }).keys.length).toBe(10)

  const { key, secret } = (await (good[0] as Response).json()) as MadeKey
  const client = createClient(secret)
  const statuses = () =>
    onEach(async (origin) => (await client.request(origin, '/api/v1/me')).status)
  expect(await statuses()).toEqual([200, 200, 200])
  expect((await session.post(third, '/api/keys/revoke', { id: key.id })).status).toBe(200)
  expect(await statuses()).toEqual([401, 401, 401])
})

test('exactly 60 requests of a key are admitted, whichever servers they meet', async () => {
  const [first = ''] = origins()
  const made = await (await signIn(first)).post(first, '/api/keys', { name: 'windows' })
  const client = createClient(((await made.json()) as MadeKey).secret)
  const replies = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const reply = await client.request(origins()[index % 3] ?? '', '/api/v1/me')
      await reply.body?.cancel()
      return reply
    }),
  )
  const admitted = replies.filter(({ status }) => status === 200)
  expect(admitted.length).toBe(60)
  for (const reply of replies.filter((one) => !admitted.includes(one))) {
    expect(reply.status).toBe(429)
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  // Each slot was given once, so each number of slots that are left was told once.
  const left = admitted.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')))
  expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index))
})

test('a ban counts on all servers for the next request, links too', async () => {
  const { client } = await createAccount(cluster, 'banned')
  const reply = await client.upload(origins()[0] ?? '', 'a.txt', 'a')
  const { pathname } = new URL(((await reply.json()) as { link: string }).link)
  await cluster.cli('users', 'set', 'banned', '--state', 'banned')
  for (const origin of origins()) {
    expect((await client.request(origin, '/api/v1/me')).status).toBe(403)
    expect((await fetch(origin + pathname)).status).toBe(404)
  }
})

test('a server that starts leaves alone what others have under way and what it cannot see', async () => {
  const [first, second] = cluster.servers
  if (!first || !second) throw new Error('there are three')
  const bytes = randomBytes(20_000_000)
  const path = '/api/v1/upload?filename=slow.bin&path=/starts/'
  const sending = httpRequest(first.origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner.key}`, 'content-length': bytes.length },
  })
  const answered = once(sending, 'response')
  sending.write(bytes.subarray(0, 12_000_000))
  expect(
    (await owner.upload(first.origin, 'starts/whole.bin', bytes.subarray(0, 1000))).status,
  ).toBe(200)
  // Ended by a signal that it cannot hear of: its next start is one after a crash.
  await second.end('SIGKILL')
  await second.start()
  sending.end(bytes.subarray(12_000_000))
  const [reply] = await answered
  reply.resume()
  expect(reply.statusCode).toBe(200)
  const { files } = await owner.list(second.origin, '/starts/')
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ['slow.bin', bytes.length],
    ['whole.bin', 1000],
  ])
  for (const { link } of files) {
    const found = await fetch(second.origin + new URL(link).pathname)
    expect((await found.bytes()).length).toBe(Number(found.headers.get('content-length')))
    expect(found.status).toBe(200)
  }
})
