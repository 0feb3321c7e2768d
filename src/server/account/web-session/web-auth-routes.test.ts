import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCliStore } from '#server/cli/cli-store.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser, refusalOf, signInNew } from '#server/testing/test-browser.ts'

test('signing in with name and password opens a session, signing out ends it on the server', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  expect(await (await browser.get('/api/auth/get-session')).json()).toBeNull()

  const signedIn = await browser.signIn('alice', password)
  expect(signedIn.status).toBe(200)
  const { cookie } = browser
  expect(await (await browser.get('/api/auth/get-session')).json()).toMatchObject({
    user: { username: 'alice', plan: 'pro' },
  })

  expect((await browser.post('/api/auth/sign-out')).status).toBe(200)
  const stale = openTestBrowser(server, cookie)
  expect(await (await stale.get('/api/auth/get-session')).json()).toBeNull()
})

test('signing in again ends the session it replaces, and no other; a wrong password ends none', async () => {
  await using server = await startTestServer()
  const alice = await addTestUser(server, 'alice')
  const bob = await addTestUser(server, 'bob')
  const elsewhere = openTestBrowser(server)
  await elsewhere.signIn('alice', alice)
  const browser = openTestBrowser(server)
  await browser.signIn('alice', alice)
  for (const [name, password] of [
    ['alice', alice],
    ['bob', bob],
  ] as const) {
    const replaced = openTestBrowser(server, browser.cookie)
    expect((await browser.signIn(name, 'wrong-password')).status).toBe(401)
    expect((await replaced.get('/api/keys')).status).toBe(200)
    expect((await browser.signIn(name, password)).status).toBe(200)
    expect((await replaced.get('/api/keys')).status).toBe(401)
    expect((await browser.get('/api/keys')).status).toBe(200)
  }
  expect((await elsewhere.get('/api/keys')).status).toBe(200)
})

test('the cookie is out of reach of scripts and other sites, and over https alone where the server is', async () => {
  await using plain = await startTestServer()
  const first = await openTestBrowser(plain).signIn('alice', await addTestUser(plain, 'alice'))
  expect(first.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^barkeep\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    ),
  ])

  await using secure = await startTestServer({ config: { publicUrl: 'https://files.example' } })
  const second = await openTestBrowser(secure).signIn('alice', await addTestUser(secure, 'alice'), {
    headers: { origin: 'https://files.example' },
  })
  expect(second.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Secure-.*; HttpOnly; Secure; SameSite=Strict$/),
  ])
})

test('a wrong password and an unknown name get the same answer', async () => {
  await using server = await startTestServer()
  await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  const wrong = await browser.signIn('alice', 'wrong-password')
  const unknown = await browser.signIn('nobody', 'wrong-password')
  // A name that no account can have.
  const impossible = await browser.signIn('../no name', 'wrong-password')
  const words = await wrong.clone().text()
  for (const reply of [wrong, unknown, impossible]) {
    expect(await reply.clone().text()).toBe(words)
    expect(await refusalOf(reply)).toEqual([401, 'missing_auth'])
  }
})

test('a changed password ends the other sessions, and the old one opens nothing', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const [here, elsewhere] = [openTestBrowser(server), openTestBrowser(server)]
  await here.signIn('alice', password)
  await elsewhere.signIn('alice', password)

  const wrong = { currentPassword: 'not-the-password', newPassword: 'a-longer-password' }
  expect(await refusalOf(await here.post('/api/auth/change-password', wrong))).toEqual([
    400,
    'invalid_request',
  ])
  const tooShort = { currentPassword: password, newPassword: 'short' }
  expect(await refusalOf(await here.post('/api/auth/change-password', tooShort))).toEqual([
    400,
    'invalid_request',
  ])
  expect(
    await refusalOf(await openTestBrowser(server).post('/api/auth/change-password', wrong)),
  ).toEqual([401, 'missing_auth'])
  // Nobody can ask for them to go on.
  const right = { ...wrong, currentPassword: password, revokeOtherSessions: false }
  expect((await here.post('/api/auth/change-password', right)).status).toBe(200)

  expect((await here.get('/api/keys')).status).toBe(200)
  expect((await elsewhere.get('/api/keys')).status).toBe(401)
  expect((await openTestBrowser(server).signIn('alice', password)).status).toBe(401)
  expect((await openTestBrowser(server).signIn('alice', 'a-longer-password')).status).toBe(200)
})

test('a banned account is signed out at once and cannot sign in', async () => {
  await using server = await startTestServer()
  const { browser, password } = await signInNew(server, 'alice')
  await using store = await openCliStore(server.config)
  const alice = await store.users.find('alice')
  await store.users.setState(alice?.id ?? '', 'banned', new Date())

  expect((await browser.get('/api/keys')).status).toBe(401)
  expect(await (await browser.get('/api/auth/get-session')).json()).toBeNull()
  expect(await refusalOf(await openTestBrowser(server).signIn('alice', password))).toEqual([
    403,
    'account_unavailable',
  ])
})

test('a sign-in that is none is refused in JSON', async () => {
  await using server = await startTestServer()
  const headers = { origin: server.origin, 'content-type': 'application/json' }
  const tooLong = JSON.stringify({ username: 'a', password: 'x'.repeat(1e7) })
  const cases: [string, number, string][] = [
    ['{', 400, 'invalid_request'],
    ['{}', 400, 'invalid_request'],
    ['{"username":1,"password":2}', 400, 'invalid_request'],
    ['[]', 400, 'invalid_request'],
    [tooLong, 413, 'payload_too_large'],
  ]
  for (const [body, status, code] of cases) {
    const sent = { method: 'POST', body, headers, key: null }
    const reply = await server.request('/api/auth/sign-in/username', sent)
    expect(await refusalOf(reply), body.slice(0, 40)).toEqual([status, code])
  }
})

test('the secret that signs cookies is made once, kept over a restart, and readable by the server alone', async () => {
  await using server = await startTestServer()
  const { browser } = await signInNew(server, 'alice')
  const file = join(server.dataFolder, 'session-secret')
  const secret = await readFile(file, 'utf8')

  await server.restart()

  expect(await readFile(file, 'utf8')).toBe(secret)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect((await browser.get('/api/keys')).status).toBe(200)
})
