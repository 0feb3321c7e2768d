import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser } from '#server/testing/test-browser.ts'

async function refusal(reply: Response): Promise<[number, string]> {
  return [reply.status, errorReply.parse(await reply.json()).code]
}

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

test('no answer holds the session token, a hash or the placeholder address', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  const texts = [
    await (await browser.signIn('alice', password)).text(),
    await (await browser.get('/api/auth/get-session')).text(),
  ]
  const token = decodeURIComponent(browser.cookie.split('=')[1] ?? '').split('.')[0] ?? ''
  expect(token).not.toBe('')
  for (const text of texts) {
    expect(text).not.toContain(token)
    expect(text).not.toContain('invalid')
    expect(text).not.toContain('password')
  }
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
    expect(await refusal(reply)).toEqual([401, 'missing_auth'])
  }
})

test('guessing is stopped after ten tries a minute, also with the right password, and goes on later', async () => {
  let elapsed = 0
  const clock = { now: () => Date.now(), monotonic: () => elapsed }
  await using server = await startTestServer({ dependencies: { clock } })
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)

  for (let guess = 0; guess < 10; guess += 1) {
    expect((await browser.signIn('alice', `guess-${guess}`)).status).toBe(401)
    elapsed += 1000
  }
  const stopped = await browser.signIn('alice', password)
  expect(stopped.headers.get('retry-after')).toBe('50')
  expect(await refusal(stopped)).toEqual([429, 'rate_limited'])

  elapsed = 59_999
  expect((await browser.signIn('alice', password)).status).toBe(429)
  elapsed = 60_000
  expect((await browser.signIn('alice', password)).status).toBe(200)
})

test('a header that names another address does not open a fresh row of guesses', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  const statuses: number[] = []
  for (let guess = 0; guess < 11; guess += 1) {
    const headers = {
      'x-forwarded-for': `203.0.113.${guess}`,
      'x-barkeep-client-address': `203.0.113.${guess}`,
    }
    statuses.push((await browser.signIn('nobody', 'wrong-password', { headers })).status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429])
})

test('a session that an attacker planted does not become the session of who signs in', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const attacker = openTestBrowser(server)
  await attacker.signIn('mallory', await addTestUser(server, 'mallory'))
  const planted = attacker.cookie

  const victim = openTestBrowser(server, planted)
  await victim.signIn('alice', password)

  expect(victim.cookie).not.toBe(planted)
  expect(await (await victim.get('/api/auth/get-session')).json()).toMatchObject({
    user: { username: 'alice' },
  })
  const withPlanted = openTestBrowser(server, planted)
  expect(await (await withPlanted.get('/api/auth/get-session')).json()).not.toMatchObject({
    user: { username: 'alice' },
  })
})

test('a made-up or unsigned session cookie opens nothing', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  await browser.signIn('alice', await addTestUser(server, 'alice'))
  const unsigned = decodeURIComponent(browser.cookie).split('.').slice(0, 2).join('.')
  for (const cookie of ['barkeep.session_token=made-up', unsigned, `${unsigned}.AAAA`]) {
    const stranger = openTestBrowser(server, cookie)
    expect(await (await stranger.get('/api/auth/get-session')).json()).toBeNull()
    expect(await refusal(await stranger.get('/api/keys'))).toEqual([401, 'missing_auth'])
  }
})

test('a changed password ends the other sessions, and the old one opens nothing', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const [here, elsewhere] = [openTestBrowser(server), openTestBrowser(server)]
  await here.signIn('alice', password)
  await elsewhere.signIn('alice', password)

  const wrong = { currentPassword: 'not-the-password', newPassword: 'a-longer-password' }
  expect(await refusal(await here.post('/api/auth/change-password', wrong))).toEqual([
    400,
    'invalid_request',
  ])
  const tooShort = { currentPassword: password, newPassword: 'short' }
  expect(await refusal(await here.post('/api/auth/change-password', tooShort))).toEqual([
    400,
    'invalid_request',
  ])
  expect(
    await refusal(await openTestBrowser(server).post('/api/auth/change-password', wrong)),
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
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  await browser.signIn('alice', password)
  await using store = await openCliStore(server.config)
  const alice = await store.users.find('alice')
  await store.users.setState(alice?.id ?? '', 'banned', new Date())

  expect((await browser.get('/api/keys')).status).toBe(401)
  expect(await (await browser.get('/api/auth/get-session')).json()).toBeNull()
  expect(await refusal(await openTestBrowser(server).signIn('alice', password))).toEqual([
    403,
    'account_unavailable',
  ])
})

test('a request that another site, port or scheme makes the browser send changes nothing', async () => {
  await using server = await startTestServer()
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)
  await browser.signIn('alice', password)
  const newPassword = { currentPassword: password, newPassword: 'a-longer-password' }
  const origins = [
    'https://evil.example',
    'http://127.0.0.1:1',
    'null',
    server.origin.replace('http', 'https'),
    `${server.origin}.evil.example`,
  ]
  for (const origin of origins) {
    const headers = { origin }
    const attempts = await Promise.all([
      browser.signIn('alice', password, { headers }),
      browser.post('/api/auth/sign-out', {}, { headers }),
      browser.post('/api/auth/change-password', newPassword, { headers }),
      browser.post('/api/keys', { name: 'planted' }, { headers }),
      browser.post('/api/keys/revoke', { id: 'key_1' }, { headers }),
    ])
    for (const reply of attempts) {
      expect(await refusal(reply), origin).toEqual([403, 'wrong_origin'])
    }
  }
  expect(await (await browser.get('/api/keys')).json()).toEqual({ status: 'ok', keys: [] })
})

test('without an Origin header nothing is changed either', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  await browser.signIn('alice', await addTestUser(server, 'alice'))
  const reply = await fetch(`${server.origin}/api/keys`, {
    method: 'POST',
    headers: { cookie: browser.cookie, 'content-type': 'application/json' },
    body: '{"name":"planted"}',
  })
  expect(await refusal(reply)).toEqual([403, 'wrong_origin'])
})

test('what the library can do beyond signing in, out and changing the password is not there', async () => {
  await using server = await startTestServer()
  const absent = [
    'POST /api/auth/sign-up/email',
    'POST /api/auth/sign-in/email',
    'POST /api/auth/sign-in/social',
    'POST /api/auth/update-user',
    'POST /api/auth/delete-user',
    'POST /api/auth/is-username-available',
    'POST /api/auth/admin/create-user',
    'POST /api/auth/admin/set-role',
    'GET /api/auth/admin/list-users',
    'GET /api/auth/list-sessions',
    'GET /api/auth/ok',
    'GET /api/auth/error',
    'GET /api/auth',
    'POST /api/auth//sign-up/email',
    'POST /api/auth/sign-out%2f..%2fsign-up/email',
  ]
  for (const line of absent) {
    const [method = '', path = ''] = line.split(' ')
    const body = method === 'POST' ? '{}' : null
    const headers = { origin: server.origin, 'content-type': 'application/json' }
    const reply = await server.request(path, { method, body, headers, key: null })
    expect(await refusal(reply), line).toEqual([404, 'not_found'])
  }
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
    expect(await refusal(reply), body.slice(0, 40)).toEqual([status, code])
  }
})

test('the secret that signs cookies is made once, kept over a restart, and readable by the server alone', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  await browser.signIn('alice', await addTestUser(server, 'alice'))
  const file = join(server.dataFolder, 'session-secret')
  const secret = await readFile(file, 'utf8')

  await server.restart()

  expect(await readFile(file, 'utf8')).toBe(secret)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect((await browser.get('/api/keys')).status).toBe(200)
})
