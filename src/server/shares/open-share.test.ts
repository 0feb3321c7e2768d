import { expect, test } from 'vitest'
import { outcome, shareClient } from '#server/testing/share-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'

const config = { rateLimit: 1_000 }
const password = 'open sesame 1'

test('a link with a password opens for who knows it, and shows nothing before', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const { secret, key } = await shares.create({ path: '/', password })
  expect(await (await shares.open(secret)).json()).toEqual({
    ...{ status: 'ok', kind: 'read', key: null },
  })
  expect(await outcome(await shares.open(secret, 'open sesame 2'))).toBe('401 missing_auth')
  expect(await outcome(await shares.open(secret, ` ${password}`))).toBe('401 missing_auth')
  for (const path of ['/api/v1/me', '/api/v1/files', '/api/v1/folders']) {
    const reply = await server.get(path, { key })
    expect(await reply.json()).toEqual({
      ...{ status: 'error', code: 'missing_auth', message: 'This link asks for a password.' },
    })
  }
  const opened = (await shares.keyFor(secret, password)) ?? ''
  expect((await server.get('/api/v1/files', { key: opened })).status).toBe(200)
  // It is worth nothing at another link, and nothing when it is changed.
  const other = await shares.create({ path: '/', password })
  const [, proof = ''] = opened.split('.')
  const flipped = `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`
  for (const wrong of [`${other.key}.${proof}`, `${key}.${flipped}`]) {
    expect(await outcome(await server.get('/api/v1/files', { key: wrong }))).toBe('401 invalid_key')
  }
})

test('a link without a password opens as it is, whatever password comes with it', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const { secret, key } = await shares.create(shares.ask('/', 5))
  expect(await shares.keyFor(secret)).toBe(key)
  expect(await shares.keyFor(secret, 'anything')).toBe(key)
})

const noLinks = [
  ...['x', 'M'.repeat(28), 'M'.repeat(29), `${'M'.repeat(28)}.x`, `csb_guest_${'M'.repeat(28)}`],
  ...['../me', '%00', ' ', '\0', "' or 1=1 --", '<script>', `csb_live_${'M'.repeat(28)}`],
]

test.each(noLinks)('%j opens nothing', async (secret) => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  expect(await outcome(await shares.open(secret))).toBe('401 invalid_key')
})

const noBodies = [{}, { secret: '' }, { secret: 7 }, { secret: 'x'.repeat(201) }, []]

test.each(noBodies)('the body %j is refused in words', async (body) => {
  await using server = await startTestServer({ config })
  const reply = await server.post('/api/v1/shares/open', body, { key: null })
  expect(await outcome(reply)).toBe('400 invalid_request')
})

const notQuite = [
  ...['csb_guest_', 'csb_guest_x', `csb_guest_${'M'.repeat(28)}`, `csb_guest_${'M'.repeat(28)}.`],
  ...[`csb_guest_${'M'.repeat(28)}.${'A'.repeat(43)}`, `CSB_GUEST_${'M'.repeat(28)}`],
]

test.each(notQuite)('the key %s is nobody’s', async (key) => {
  await using server = await startTestServer({ config })
  expect(await outcome(await server.get('/api/v1/me', { key }))).toBe('401 invalid_key')
})

test('guessing a password is limited, by address and for the link', async () => {
  let monotonic = 0
  const clock = { now: () => Date.now(), monotonic: () => monotonic }
  const trusting = { ...config, trustProxy: ['127.0.0.1'] }
  await using server = await startTestServer({ config: trusting, dependencies: { clock } })
  const shares = shareClient(server)
  const { secret } = await shares.create({ path: '/', password })
  const guess = async (address: string, text: string) => {
    const headers = { 'x-forwarded-for': address }
    const body = { secret, password: text }
    const reply = await server.post('/api/v1/shares/open', body, { key: null, headers })
    return [await outcome(reply), reply.headers.get('retry-after')]
  }
  for (let tried = 0; tried < 10; tried += 1) {
    expect(await guess('192.0.2.1', `wrong ${tried}`)).toEqual(['401 missing_auth', null])
  }
  // The right one is not told apart any more.
  expect(await guess('192.0.2.1', password)).toEqual(['429 rate_limited', '60'])
  for (let tried = 0; tried < 10; tried += 1) {
    expect(await guess('192.0.2.2', `wrong ${tried}`)).toEqual(['401 missing_auth', null])
  }
  expect(await guess('192.0.2.3', password)).toEqual(['429 rate_limited', '60'])
  monotonic += 60_000
  expect(await guess('192.0.2.3', password)).toEqual(['200', null])
})

test('trying links that nobody has is limited by address', async () => {
  await using server = await startTestServer({ config })
  const shares = shareClient(server)
  const outcomes = new Set<string>()
  for (let tried = 0; tried < 61; tried += 1) {
    outcomes.add(await outcome(await shares.open('M'.repeat(28))))
  }
  expect([...outcomes]).toEqual(['401 invalid_key', '429 rate_limited'])
})
