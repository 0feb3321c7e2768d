import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { readRateLimit } from '#contract/rate-limit.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'

/** A clock that stands still until it is moved. */
function handClock() {
  const clock = {
    ms: 0,
    now: () => 1_782_326_085_500 + clock.ms,
    monotonic: () => 5_000 + clock.ms,
  }
  return clock
}

const nobodysKey = `csb_live_${'0'.repeat(28)}`

const windowOf = (reply: Response) => readRateLimit((name) => reply.headers.get(name))

async function codeOf(reply: Response): Promise<string> {
  return errorReply.parse(await reply.json()).code
}

test('the 61st request of a minute is refused until a slot frees, and says when', async () => {
  const clock = handClock()
  await using server = await startTestServer({ dependencies: { clock } })
  for (let left = 59; left >= 0; left -= 1) {
    const reply = await server.get('/api/v1/me')
    expect(reply.status).toBe(200)
    expect(windowOf(reply)).toMatchObject({ limit: 60, remaining: left, retryAfter: null })
    clock.ms += 500
  }
  const refused = await server.get('/api/v1/me')
  expect(refused.status).toBe(429)
  expect(windowOf(refused)).toEqual({
    limit: 60,
    remaining: 0,
    resetAt: Math.ceil((1_782_326_085_500 + 60_000) / 1000),
    retryAfter: 30,
  })
  expect(await codeOf(refused)).toBe('rate_limited')
  clock.ms += 29_999
  expect((await server.get('/api/v1/me')).status).toBe(429)
  clock.ms += 1
  expect((await server.get('/api/v1/me')).status).toBe(200)
  // One slot has come free, not sixty: the window slides.
  expect((await server.get('/api/v1/me')).status).toBe(429)
  clock.ms += 500
  expect((await server.get('/api/v1/me')).status).toBe(200)
  expect((await server.get('/api/v1/me')).status).toBe(429)
})

test.each([0, 1, 250, 499, 500, 501, 999])(
  'at the second that Reset and Retry-After name a slot is free, and not a second before: %i ms',
  async (offset) => {
    const clock = handClock()
    clock.ms = offset
    await using server = await startTestServer({
      config: { rateLimit: 1 },
      dependencies: { clock },
    })
    await server.get('/api/v1/me')
    clock.ms += 20_300
    const asked = windowOf(await server.get('/api/v1/me'))
    const { resetAt = 0, retryAfter = 0 } = asked ?? {}
    expect(retryAfter).toBe(40)
    const resetMs = resetAt * 1000 - (clock.now() - clock.ms)
    expect(resetMs - (offset + 60_000)).toBeGreaterThanOrEqual(0)
    expect(resetMs - (offset + 60_000)).toBeLessThan(1000)

    const askedAt = clock.ms
    clock.ms = Math.min(resetMs, askedAt + Number(retryAfter) * 1000) - 1000
    expect((await server.get('/api/v1/me')).status).toBe(429)
    clock.ms = resetMs
    expect((await server.get('/api/v1/me')).status).toBe(200)
    clock.ms = resetMs + 60_000 - 1000
    const again = windowOf(await server.get('/api/v1/me'))
    clock.ms += Number(again?.retryAfter) * 1000
    expect((await server.get('/api/v1/me')).status).toBe(200)
  },
)

test('refused requests cost nothing, however many there are', async () => {
  const clock = handClock()
  await using server = await startTestServer({ config: { rateLimit: 2 }, dependencies: { clock } })
  const key = await server.keyWith({ scopes: ['upload'] })
  for (let knocks = 0; knocks < 20; knocks += 1) await server.get('/api/v1/files', { key })
  expect(windowOf(await server.get('/api/v1/me', { key }))).toMatchObject({ remaining: 1 })
  await server.get('/api/v1/me', { key })
  for (let second = 0; second < 59; second += 1) {
    clock.ms += 1000
    expect((await server.get('/api/v1/me', { key })).status).toBe(429)
  }
  clock.ms += 1000
  expect(windowOf(await server.get('/api/v1/me', { key }))).toMatchObject({ remaining: 1 })
})

test('refusals before the limit carry its headers and take no slot; after it they do take one', async () => {
  await using server = await startTestServer({ dependencies: { clock: handClock() } })
  const key = await server.keyWith({ scopes: ['upload'] })
  const unscoped = await server.get('/api/v1/files', { key })
  expect(await codeOf(unscoped)).toBe('insufficient_scope')
  expect(windowOf(unscoped)).toMatchObject({ remaining: 60 })
  const invalid = await server.request('/api/v1/upload', { method: 'POST', key })
  expect(await codeOf(invalid)).toBe('invalid_request')
  expect(windowOf(invalid)).toMatchObject({ remaining: 59 })
})

test.each([
  ['an expired key', { expiresAt: new Date(1000) }, 401, 'expired_key'],
  ['the key of a free account', { plan: 'free' as const }, 403, 'premium_required'],
  ['the key of a banned account', { isBanned: true }, 403, 'account_unavailable'],
])('%s is refused with the headers of its window', async (_whose, options, status, code) => {
  await using server = await startTestServer()
  const key = await server.keyWith(options)
  for (const path of ['/api/v1/me', '/api/v1/files', '/api/v1/files?offset=x']) {
    const reply = await server.get(path, { key })
    expect(reply.status).toBe(status)
    expect(windowOf(reply)).toMatchObject({ limit: 60, remaining: 60 })
    expect(await codeOf(reply)).toBe(code)
  }
})

test('two keys have a window each', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1 } })
  const other = await server.keyWith({})
  expect((await server.get('/api/v1/me')).status).toBe(200)
  expect((await server.get('/api/v1/me')).status).toBe(429)
  expect((await server.get('/api/v1/me', { key: other })).status).toBe(200)
})

test('guessing keys is limited by address, which stops nobody who has one', async () => {
  await using server = await startTestServer({ config: { rateLimit: 5 } })
  // Whoever may name his own address has as many guesses as there are addresses.
  const guess = (tries: number) => {
    const address = `203.0.113.${tries}`
    const headers = {
      'x-forwarded-for': address,
      'x-real-ip': address,
      forwarded: `for=${address}`,
      'x-barkeep-client-address': address,
    }
    return server.get('/api/v1/me', { key: nobodysKey, headers })
  }
  for (let tries = 0; tries < 5; tries += 1) expect((await guess(tries)).status).toBe(401)
  const refused = await guess(5)
  expect(refused.status).toBe(429)
  expect(windowOf(refused)).toMatchObject({ limit: 5, remaining: 0 })
  expect((await server.get('/api/v1/me')).status).toBe(200)
})

test('answers to nobody in particular tell the window of the address, and take no slot of it', async () => {
  await using server = await startTestServer({ config: { rateLimit: 5 } })
  const guess = { key: nobodysKey }
  expect(windowOf(await server.get('/api/v1/me', guess))).toMatchObject({ limit: 5, remaining: 4 })
  const nobody = { key: null }
  const answers = {
    missing_auth: await server.get('/api/v1/me', nobody),
    not_found: await server.get('/api/v1/nothing', nobody),
    'not_found too': await server.request('/api/v1/files', { method: 'DELETE', ...nobody }),
  }
  for (const [code, reply] of Object.entries(answers)) {
    expect(windowOf(reply), code).toMatchObject({ limit: 5, remaining: 4 })
    expect(code).toContain(await codeOf(reply))
  }
  expect((await fetch(`${server.origin}/api/keys`)).headers.has('x-ratelimit-limit')).toBe(false)
})

const anyKey = 'Authorization: Bearer KEY\r\n'

test.each([
  ['an address where nothing is', `GET /api/v1/none HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['another method', `DELETE /api/v1/files HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['OPTIONS', `OPTIONS /api/v1/me HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['a broken escape', `GET /api/v1/%zz HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['two slashes', `GET //evil/api/v1/me HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['another origin', `GET http://evil/api/v1/me HTTP/1.1\r\nHost: a\r\n${anyKey}\r\n`],
  ['no Host', `GET /api/v1/me HTTP/1.1\r\n${anyKey}\r\n`],
  ['two Hosts', `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n${anyKey}\r\n`],
  ['a Host that is none', `GET /api/v1/me HTTP/1.1\r\nHost: a b\r\n${anyKey}\r\n`],
  ['an expectation', `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n${anyKey}\r\n`],
])('the answer to %s tells the window of the key that was shown', async (_what, request) => {
  await using server = await startTestServer({ config: { rateLimit: 5 } })
  const remaining = async (key: string) =>
    (await sendRaw(server.origin, request.replace('KEY', key))).headers['x-ratelimit-remaining']
  await server.get('/api/v1/me')
  await server.get('/api/v1/me')
  expect(await remaining(server.key)).toBe('3')
  expect(await remaining(server.key)).toBe('3')
  expect(await remaining(await server.keyWith({ expiresAt: new Date(1000) }))).toBe('5')
  // A guess counts wherever it is made.
  expect(await remaining(nobodysKey)).toBe('4')
  expect(await remaining(nobodysKey)).toBe('3')
})

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['too many headers', `GET /api/v1/me HTTP/1.1\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'],
  ['no path', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
])('the answer to %s tells the window of the address', async (_what, request) => {
  await using server = await startTestServer({ config: { rateLimit: 5 } })
  await server.get('/api/v1/me', { key: nobodysKey })
  const { headers } = await sendRaw(server.origin, request)
  const reading = readRateLimit((name) => headers[name] ?? null)
  expect(reading).toMatchObject({ limit: 5, remaining: 4, retryAfter: null })
})

test('the checks run in one order: key, account, scope, rate limit, parameters', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1 } })
  const ask = async (key: string) => codeOf(await server.get('/api/v1/files?offset=x', { key }))
  expect(await ask('csb_live_nothing')).toBe('invalid_key')
  const past = { expiresAt: new Date(1000) }
  expect(await ask(await server.keyWith({ ...past, isBanned: true }))).toBe('expired_key')
  const banned = { isBanned: true, plan: 'free' as const, scopes: ['import' as const] }
  expect(await ask(await server.keyWith(banned))).toBe('account_unavailable')
  const free = { plan: 'free' as const, scopes: ['import' as const] }
  expect(await ask(await server.keyWith(free))).toBe('premium_required')
  const unscoped = await server.keyWith({ scopes: ['import'] })
  expect(await ask(unscoped)).toBe('insufficient_scope')
  expect(await ask(server.key)).toBe('invalid_request')
  expect(await ask(server.key)).toBe('rate_limited')
})

test('a client that waits for the go-ahead gets it only after every check has passed', async () => {
  await using server = await startTestServer()
  const head = (key: string, query: string) =>
    `POST /api/v1/upload?${query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`
  // Nothing follows these heads: an answer can only come without the body.
  const unknown = await sendRaw(server.origin, head('csb_live_x', 'filename=a'))
  expect(unknown.status).toBe(401)
  expect(unknown.headers.connection).toBe('close')
  expect((await sendRaw(server.origin, head(server.key, 'path=/'))).status).toBe(400)
  const sent = await sendRaw(server.origin, `${head(server.key, 'filename=a')}hello`)
  expect(sent.status).toBe(200)
})

test('an upload may have any content type, or none', async () => {
  await using server = await startTestServer()
  const types = ['application/json', 'text/html', 'multipart/form-data', 'nonsense', '']
  for (const [index, type] of types.entries()) {
    const headers = { 'content-type': type }
    const reply = await server.upload({ name: `file-${index}`, bytes: '{not json' }, { headers })
    expect(await reply.json()).toMatchObject({ status: 'ok', size: 9 })
  }
  const bare = `POST /api/v1/upload?filename=bare HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nContent-Length: 2\r\n\r\nhi`
  expect((await sendRaw(server.origin, bare)).status).toBe(200)
})

test('HEAD is answered like GET, without a body', async () => {
  await using server = await startTestServer()
  const reply = await server.request('/api/v1/me', { method: 'HEAD' })
  expect(reply.status).toBe(200)
  expect(windowOf(reply)).toMatchObject({ remaining: 59 })
  expect(await reply.text()).toBe('')
})
