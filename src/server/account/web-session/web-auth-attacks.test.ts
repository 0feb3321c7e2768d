import { expect, test } from 'vitest'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser, refusalOf, signInNew } from '#server/testing/test-browser.ts'

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
  const { browser } = await signInNew(server, 'alice')
  const unsigned = decodeURIComponent(browser.cookie).split('.').slice(0, 2).join('.')
  for (const cookie of ['barkeep.session_token=made-up', unsigned, `${unsigned}.AAAA`]) {
    const stranger = openTestBrowser(server, cookie)
    expect(await (await stranger.get('/api/auth/get-session')).json()).toBeNull()
    expect(await refusalOf(await stranger.get('/api/keys'))).toEqual([401, 'missing_auth'])
  }
})

test('a request that another site, port or scheme makes the browser send changes nothing', async () => {
  await using server = await startTestServer()
  const { browser, password } = await signInNew(server, 'alice')
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
      expect(await refusalOf(reply), origin).toEqual([403, 'wrong_origin'])
    }
  }
  expect(await (await browser.get('/api/keys')).json()).toEqual({ status: 'ok', keys: [] })
})

test('without an Origin header nothing is changed either', async () => {
  await using server = await startTestServer()
  const { browser } = await signInNew(server, 'alice')
  const reply = await fetch(`${server.origin}/api/keys`, {
    method: 'POST',
    headers: { cookie: browser.cookie, 'content-type': 'application/json' },
    body: '{"name":"planted"}',
  })
  expect(await refusalOf(reply)).toEqual([403, 'wrong_origin'])
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
    expect(await refusalOf(reply), line).toEqual([404, 'not_found'])
  }
})
