import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { meReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { defaultScopes } from '#contract/api-keys.ts'
import { endpoints } from '#contract/endpoints.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { systemClock } from '#server/core/clock.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { createAuthenticate } from './authenticate.ts'
import { hashApiKey } from './make-api-key.ts'

async function refusal(reply: Response): Promise<[number, string]> {
  return [reply.status, errorReply.parse(await reply.json()).code]
}

/** GET /me with the head lines as they are, for what no HTTP client would send. */
async function meWithHead(server: TestServer, head: string): Promise<[number, string]> {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
  socket.write(`GET /api/v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}\r\n`)
  const answer = await text(socket)
  const [start = '', body = ''] = answer.split('\r\n\r\n')
  return [Number(start.split(' ')[1]), errorReply.parse(JSON.parse(body)).code]
}

test('no Authorization header, and one that is not one Bearer key, is missing_auth', async () => {
  await using server = await startTestServer()
  const malformed = [
    null,
    '',
    'Bearer',
    'Bearer ',
    'Basic b3duZXI6eA==',
    'csb_live_ab12cdMMMMMMMMMMMMMMMMMMwxyz',
    `Bearer${server.key}`,
    'Bearer csb_live_ab12cd MMMM',
    `Bearer ${server.key}, Bearer ${server.key}`,
  ]
  for (const authorization of malformed) {
    const headers = authorization === null ? {} : { authorization }
    const reply = await server.get('/api/v1/me', { key: null, headers })
    expect(await refusal(reply), String(authorization)).toEqual([401, 'missing_auth'])
  }
})

test('two Authorization headers are missing_auth, also when one of them holds a good key', async () => {
  await using server = await startTestServer()
  const good = `Authorization: Bearer ${server.key}\r\n`
  expect(await meWithHead(server, good + good)).toEqual([401, 'missing_auth'])
  expect(await meWithHead(server, `${good}Authorization: Basic eA==\r\n`)).toEqual([
    401,
    'missing_auth',
  ])
})

test('a key in the query opens nothing', async () => {
  await using server = await startTestServer()
  const reply = await server.get(`/api/v1/me?key=${server.key}&access_token=${server.key}`, {
    key: null,
  })
  expect(await refusal(reply)).toEqual([401, 'missing_auth'])
})

test('a key that nobody made is invalid_key, however near it comes', async () => {
  await using server = await startTestServer()
  const { key } = server
  const letter = [...key].findLastIndex((character) => /[a-z]/.test(character))
  const inOtherCase =
    key.slice(0, letter) + key.charAt(letter).toUpperCase() + key.slice(letter + 1)
  const unknown = [
    'abc',
    `csb_live_${'M'.repeat(28)}`,
    key.slice(0, -1),
    `${key}M`,
    key.slice('csb_live_'.length),
    inOtherCase,
    hashApiKey(key),
  ]
  for (const wrong of unknown) {
    const reply = await server.get('/api/v1/me', { key: wrong })
    expect(await refusal(reply), wrong).toEqual([401, 'invalid_key'])
  }
})

test("the scheme's case does not matter", async () => {
  await using server = await startTestServer()
  const headers = { authorization: `bearer  ${server.key}` }
  expect((await server.get('/api/v1/me', { key: null, headers })).status).toBe(200)
})

test('a revoked key is dead for the next request, although another process revoked it', async () => {
  await using server = await startTestServer()
  const before = meReply.parse(await (await server.get('/api/v1/me')).json())
  {
    await using store = await openCliStore(server.config)
    expect(await store.apiKeys.revoke(before.key.id, { now: Date.now() })).toBe(true)
  }
  expect(await refusal(await server.get('/api/v1/me'))).toEqual([401, 'invalid_key'])
})

test('a key works until the moment it expires', async () => {
  let now = Date.parse('2026-11-23T12:00:00Z')
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ dependencies: { clock } })
  const key = await server.keyWith({ expiresAt: new Date(now + 1000) })

  now += 999
  expect((await server.get('/api/v1/me', { key })).status).toBe(200)
  now += 1
  expect(await refusal(await server.get('/api/v1/me', { key }))).toEqual([401, 'expired_key'])
})

test('a key of a free account is premium_required, one of a banned account account_unavailable', async () => {
  await using server = await startTestServer()
  const free = await server.keyWith({ plan: 'free' })
  const banned = await server.keyWith({ isBanned: true })
  const both = await server.keyWith({ isBanned: true, plan: 'free' })
  expect(await refusal(await server.get('/api/v1/me', { key: free }))).toEqual([
    403,
    'premium_required',
  ])
  expect(await refusal(await server.get('/api/v1/me', { key: banned }))).toEqual([
    403,
    'account_unavailable',
  ])
  expect(await refusal(await server.get('/api/v1/me', { key: both }))).toEqual([
    403,
    'account_unavailable',
  ])
})

test('an account that is banned, freed and put on another plan is known so for the next request', async () => {
  await using server = await startTestServer()
  const key = await server.keyWith({ username: 'alice' })
  await using store = await openCliStore(server.config)
  const alice = await store.users.find('alice')
  if (!alice) throw new Error('alice is missing')

  await store.users.setState(alice.id, 'banned', new Date())
  expect(await refusal(await server.get('/api/v1/me', { key }))).toEqual([
    403,
    'account_unavailable',
  ])
  await store.users.setState(alice.id, 'active', new Date())
  expect((await server.get('/api/v1/me', { key })).status).toBe(200)
  await store.users.setPlan(alice.id, 'free', new Date())
  expect(await refusal(await server.get('/api/v1/me', { key }))).toEqual([403, 'premium_required'])
})

test('a key without the scope of an endpoint gets insufficient_scope there, and /me all the same', async () => {
  await using server = await startTestServer()
  const others = {
    upload: await server.keyWith({ scopes: ['import', 'read'] }),
    import: await server.keyWith({ scopes: ['upload', 'read'] }),
    read: await server.keyWith({ scopes: ['upload', 'import'] }),
    manage: await server.keyWith({ scopes: [...defaultScopes] }),
  }
  for (const { method, path, scope, access } of Object.values(endpoints)) {
    if (access !== 'key' || scope === null) continue
    const reply = await server.request(path, { key: others[scope], method })
    expect(reply.status, path).toBe(403)
    if (method === 'HEAD') continue
    const message = expect.stringContaining(scope)
    expect(await reply.json()).toMatchObject({ code: 'insufficient_scope', message })
  }
  for (const key of Object.values(others)) {
    expect((await server.get('/api/v1/me', { key })).status).toBe(200)
  }
})

test('GET /me tells whose key it is, what it may do and what is left', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 12345, rateLimit: 9 } })
  const expiresAt = new Date(Date.now() + 86_400_000)
  const key = await server.keyWith({ username: 'alice', scopes: ['read'], expiresAt })

  const reply = await server.get('/api/v1/me', { key })
  const me = meReply.parse(await reply.json())

  expect(me).toMatchObject({
    username: 'alice',
    plan: 'pro',
    key: {
      name: 'Test key',
      scopes: ['read'],
      key_prefix: `${key.slice(0, 15)}...`,
      key_last4: key.slice(-4),
    },
    rate_limit: { limit: 9, remaining: 8, window_seconds: 60 },
    limits: { upload_max_bytes: 12345 },
  })
  expect(me.key.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  expect(me.key.expires_at).toBe(`${expiresAt.toISOString().slice(0, 19)}+00:00`)
  expect(reply.headers.get('x-ratelimit-reset')).toBe(String(me.rate_limit.reset))
})

test('the last use of a key is noted once a minute', async () => {
  let now = Date.parse('2026-11-23T12:00:00Z')
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ dependencies: { clock } })
  await using store = await openCliStore(server.config)
  const owner = await store.users.find('owner')
  const lastUse = async () => (await store.apiKeys.list(owner?.id ?? ''))[0]?.last_used_at

  expect(await lastUse()).toBeNull()
  await server.get('/api/v1/me')
  expect(await lastUse()).toBe('2026-11-23T12:00:00+00:00')
  now += 59_000
  await server.get('/api/v1/me')
  expect(await lastUse()).toBe('2026-11-23T12:00:00+00:00')
  now += 1000
  await server.get('/api/v1/me')
  expect(await lastUse()).toBe('2026-11-23T12:01:00+00:00')
})

test('a key that is used for the first time does not wait for that to be noted', async () => {
  await using server = await startTestServer()
  await using store = await openCliStore(server.config)
  // What a write is like while another process holds the database.
  const apiKeys = { ...store.apiKeys, markUsed: () => new Promise<never>(() => {}) }
  const authenticate = createAuthenticate({
    apiKeys,
    clock: systemClock,
    onUseNotNoted: () => undefined,
  })
  const request = { headersDistinct: { authorization: [`Bearer ${server.key}`] } }
  const authorized = await authenticate(request as unknown as IncomingMessage)
  expect(authorized).toMatchObject({ username: 'owner' })
})
