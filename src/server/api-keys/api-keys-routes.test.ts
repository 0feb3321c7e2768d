import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { createApiKeyReply, listApiKeysReply } from '#contract/api-keys.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser, type TestBrowser } from '#server/testing/test-browser.ts'
import { holdDatabase } from '#server/testing/test-store.ts'

async function signedIn(server: TestServer, username = 'alice'): Promise<TestBrowser> {
  const browser = openTestBrowser(server)
  await browser.signIn(username, await addTestUser(server, username))
  return browser
}

async function makeKey(browser: TestBrowser, body: object) {
  return createApiKeyReply.parse(await (await browser.post('/api/keys', body)).json())
}

async function listKeys(browser: TestBrowser) {
  return listApiKeysReply.parse(await (await browser.get('/api/keys')).json()).keys
}

async function refusal(reply: Response): Promise<[number, string]> {
  return [reply.status, errorReply.parse(await reply.json()).code]
}

test('a key is made, shown once, works at once, is listed, and is dead once revoked', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)

  const expires_at = '2099-01-01T12:00:00+02:00'
  const { key, secret } = await makeKey(browser, { name: ' Laptop ', scopes: ['read'], expires_at })
  expect(key).toMatchObject({
    name: 'Laptop',
    scopes: ['read'],
    key_prefix: `${secret.slice(0, 15)}...`,
    key_last4: secret.slice(-4),
    expires_at: '2099-01-01T10:00:00+00:00',
    last_used_at: null,
  })
  expect((await server.get('/api/v1/files', { key: secret })).status).toBe(200)

  const listed = await listKeys(browser)
  expect(listed).toEqual([{ ...key, last_used_at: expect.stringContaining('+00:00') }])
  expect(JSON.stringify(listed)).not.toContain(secret)

  expect((await browser.post('/api/keys/revoke', { id: key.id })).status).toBe(200)
  expect(await refusal(await server.get('/api/v1/files', { key: secret }))).toEqual([
    401,
    'invalid_key',
  ])
  expect(await listKeys(browser)).toEqual([])
})

test('a key that names no scopes has all three and never expires', async () => {
  await using server = await startTestServer()
  const { key } = await makeKey(await signedIn(server), { name: 'All', unknown_field: 1 })
  expect(key).toMatchObject({ scopes: ['upload', 'import', 'read'], expires_at: null })
})

test('an account holds ten live keys: the eleventh is refused until one is revoked', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  // All at once, so that no two of them can both be the tenth.
  const replies = await Promise.all(
    Array.from({ length: 12 }, (_, index) => browser.post('/api/keys', { name: `Key ${index}` })),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), 400, 400])
  expect(await refusal(await browser.post('/api/keys', { name: 'One more' }))).toEqual([
    400,
    'invalid_request',
  ])

  const [first] = await listKeys(browser)
  await browser.post('/api/keys/revoke', { id: first?.id })
  expect((await browser.post('/api/keys', { name: 'One more' })).status).toBe(200)
  expect(await listKeys(browser)).toHaveLength(10)
})

test('twelve keys that all wait for another process to let go of the database become ten at most', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  const held = holdDatabase(server)
  const asked = Array.from({ length: 12 }, () => browser.post('/api/keys', { name: 'Waiting' }))
  // Asked after them and answered: they have come as far as they can without writing.
  for (const _ of asked) await listKeys(browser)
  held[Symbol.dispose]()
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  const made = statuses.filter((status) => status === 200).length
  expect(made).toBeLessThanOrEqual(10)
  expect(await listKeys(browser)).toHaveLength(made)
})

test('a key that has expired counts no more', async () => {
  let now = Date.parse('2026-11-23T12:00:00Z')
  const clock = { now: () => now, monotonic: () => performance.now() }
  await using server = await startTestServer({ dependencies: { clock } })
  const browser = await signedIn(server)
  for (let made = 0; made < 10; made += 1) {
    await makeKey(browser, { name: 'Short', expires_at: '2026-11-23T13:00:00Z' })
  }
  expect((await browser.post('/api/keys', { name: 'Late' })).status).toBe(400)
  now += 3_600_000
  expect((await browser.post('/api/keys', { name: 'Late' })).status).toBe(200)
})

test('a key that cannot be is refused with the reason', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  const refused: [unknown, string][] = [
    [{}, 'name is missing'],
    [{ name: '   ' }, 'needs a name'],
    [{ name: 'x'.repeat(101) }, '100 characters'],
    [{ name: 7 }, 'name'],
    [{ name: 'red\u001b[31m' }, 'control characters'],
    [{ name: 'two\nlines' }, 'control characters'],
    [{ name: 'half\ud83d' }, 'valid Unicode'],
    [{ name: 'a', scopes: [] }, 'at least one scope'],
    [{ name: 'a', scopes: ['read', 'admin'] }, 'scopes'],
    [{ name: 'a', expires_at: '2020-01-01T00:00:00Z' }, 'in the future'],
    [{ name: 'a', expires_at: '9999-12-31T23:59:59-00:01' }, 'before the year 10000'],
    [{ name: 'a', expires_at: 'tomorrow' }, 'expires_at'],
    [{ name: 'a', expires_at: '2027-02-30T00:00:00Z' }, 'expires_at'],
    [[], 'JSON object'],
  ]
  for (const [body, reason] of refused) {
    const reply = await browser.post('/api/keys', body)
    expect(reply.status, reason).toBe(400)
    const message = expect.stringContaining(reason)
    expect(await reply.json()).toMatchObject({ code: 'invalid_request', message })
  }
  expect(await listKeys(browser)).toEqual([])
})

test("another account's keys can be neither seen nor revoked", async () => {
  await using server = await startTestServer()
  const alice = await signedIn(server, 'alice')
  const { key, secret } = await makeKey(alice, { name: 'Hers' })
  const bob = await signedIn(server, 'bob')

  expect(await listKeys(bob)).toEqual([])
  expect(await refusal(await bob.post('/api/keys/revoke', { id: key.id }))).toEqual([
    404,
    'not_found',
  ])
  expect((await server.get('/api/v1/me', { key: secret })).status).toBe(200)
})

test('a Bearer key never manages keys', async () => {
  await using server = await startTestServer()
  const headers = { origin: server.origin }
  expect(await refusal(await server.get('/api/keys'))).toEqual([401, 'missing_auth'])
  const create = await server.post('/api/keys', { name: 'a' }, { headers })
  expect(await refusal(create)).toEqual([401, 'missing_auth'])
  const revoke = await server.post('/api/keys/revoke', { id: 'key_1' }, { headers })
  expect(await refusal(revoke)).toEqual([401, 'missing_auth'])
})

test('a web session opens nothing of the v1 API', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  expect(await refusal(await browser.get('/api/v1/me'))).toEqual([401, 'missing_auth'])
})

test('answers with keys are stored in no cache', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  expect((await browser.get('/api/keys')).headers.get('cache-control')).toBe('no-store')
  expect((await browser.post('/api/keys', { name: 'a' })).headers.get('cache-control')).toBe(
    'no-store',
  )
})

test('no file of the data folder holds a key, in any column or log of the database', async () => {
  await using server = await startTestServer()
  const browser = await signedIn(server)
  const { secret } = await makeKey(browser, { name: 'Laptop' })
  await server.get('/api/v1/me', { key: secret })
  await server.upload({ name: 'a.txt', bytes: 'hello' }, { key: secret })

  const files = await readdir(server.dataFolder, { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  )

  // The control: what is stored is found, so a key would be.
  expect(contents.some((bytes) => bytes.includes('Laptop'))).toBe(true)
  for (const key of [secret, server.key]) {
    expect(contents.some((bytes) => bytes.includes(key))).toBe(false)
    // Nor without the part that all keys share.
    expect(contents.some((bytes) => bytes.includes(key.slice('csb_live_'.length)))).toBe(false)
  }
})
