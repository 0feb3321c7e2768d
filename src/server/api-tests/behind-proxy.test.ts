import { expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser } from '#server/testing/test-browser.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'

const nobodysKey = `csb_live_${'0'.repeat(28)}`

async function guessesLeft({ origin }: TestServer, ...lines: string[]): Promise<string> {
  const head = `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${nobodysKey}\r\n`
  const reply = await sendRaw(origin, `${head}${lines.map((line) => `${line}\r\n`).join('')}\r\n`)
  return reply.headers['x-ratelimit-remaining'] ?? ''
}

const behind = (trustProxy: string[], config = {}) =>
  startTestServer({ config: { trustProxy, rateLimit: 3, ...config } })

test('each visitor behind a trusted proxy has a window of his own, whatever he says of himself', async () => {
  await using server = await behind(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48'])
  const left = (...lines: string[]) => guessesLeft(server, ...lines)
  expect(await left('X-Forwarded-For: 203.0.113.1')).toBe('2')
  expect(await left('X-Forwarded-For: 203.0.113.2')).toBe('2')
  // What he adds in front is his own word, and so is what comes after no address.
  expect(await left('X-Forwarded-For: 198.51.100.9, 203.0.113.1')).toBe('1')
  expect(await left('X-Forwarded-For: 203.0.113.1:4711')).toBe('0')
  expect(await left('X-Forwarded-For: 198.51.100.8', 'X-Forwarded-For: 203.0.113.2')).toBe('1')
  expect(await left('X-Forwarded-For: 203.0.113.2, 10.1.2.3, [2001:db8:1::7]:80')).toBe('0')
  // A household has a /64.
  expect(await left('X-Forwarded-For: 2001:db8:2:3::1')).toBe('2')
  expect(await left('X-Forwarded-For: "[2001:db8:2:3::2]:443"')).toBe('1')
  expect(await left('X-Forwarded-For: ::ffff:203.0.113.5')).toBe('2')
  expect(await left('X-Forwarded-For: 203.0.113.5')).toBe('1')
})

test('without a word that can be believed it is the address of the nearest proxy', async () => {
  await using server = await behind(['127.0.0.1', '10.0.0.0/8'])
  const left = (...lines: string[]) => guessesLeft(server, ...lines)
  expect(await left()).toBe('2')
  expect(await left('X-Forwarded-For: unknown')).toBe('1')
  expect(await left('X-Forwarded-For: <script>, 1, 0x7f.1, , %')).toBe('0')
  expect(await left('Forwarded: for=203.0.113.7')).toBe('0')
  expect(await left('X-Forwarded-For: 203.0.113.9, garbage, 10.0.0.1')).toBe('2')
  expect(await left('X-Forwarded-For: 10.0.0.1')).toBe('1')
})

test('a range of IPv4 addresses is one, however IPv6 writes them', async () => {
  await using server = await startTestServer({
    config: { trustProxy: ['::ffff:127.0.0.0/104'], rateLimit: 3, host: '::' },
  })
  const { port } = new URL(server.origin)
  // The server's socket sees this one as ::ffff:127.0.0.1.
  const origin = `http://127.0.0.1:${port}`
  const left = (...lines: string[]) => guessesLeft({ ...server, origin }, ...lines)
  expect(await left('X-Forwarded-For: 203.0.113.1')).toBe('2')
  expect(await left('X-Forwarded-For: 203.0.113.2')).toBe('2')
  expect(await left('X-Forwarded-For: 198.51.100.9, 203.0.113.1')).toBe('1')
})

test('nobody else is believed', async () => {
  await using server = await behind(['203.0.113.0/24'])
  for (const remaining of ['2', '1', '0']) {
    const line = `X-Forwarded-For: 203.0.113.${remaining}`
    expect(await guessesLeft(server, line)).toBe(remaining)
  }
})

test('wrong passwords lock out the visitor who guessed, not everybody behind the proxy', async () => {
  await using server = await behind(['127.0.0.1'])
  const password = await addTestUser(server, 'alice')
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const guesser = openTestBrowser(server)
  for (let guess = 0; guess < 10; guess += 1) {
    const reply = await guesser.signIn(
      'nobody',
      'wrong-password',
      from(`10.0.0.${guess}, 192.0.2.1`),
    )
    expect(reply.status).toBe(401)
  }
  expect((await guesser.signIn('alice', password, from('192.0.2.1'))).status).toBe(429)
  expect((await openTestBrowser(server).signIn('alice', password, from('192.0.2.2'))).status).toBe(
    200,
  )
})

test('links, documents and cookies are those of the address that the visitor has', async () => {
  await using server = await behind(['127.0.0.1'], { rateLimit: 60 })
  const password = await addTestUser(server, 'alice')
  const headers = {
    'x-forwarded-for': '192.0.2.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'files.example',
  }
  const { link } = (await (await server.upload({ name: 'a', bytes: 'x' }, { headers })).json()) as {
    link: string
  }
  expect(link).toMatch(/^https:\/\/files\.example\/share\//)
  const listed = await server.get('/api/v1/files', { headers })
  expect(await listed.json()).toMatchObject({ files: [{ link }] })
  const document = await server.get('/api/v1/openapi.json', { headers })
  expect(await document.json()).toMatchObject({ servers: [{ url: 'https://files.example' }] })
  const browser = openTestBrowser(server)
  const init = { headers: { ...headers, origin: 'https://files.example' } }
  const signedIn = await browser.signIn('alice', password, init)
  expect(signedIn.headers.getSetCookie()[0]).toMatch(/^__Secure-.*; Secure;/)
  const keys = { headers: { ...headers, cookie: browser.cookie } }
  expect((await fetch(`${server.origin}/api/keys`, keys)).status).toBe(200)
  // Who comes past the proxy has its own address, and none of its cookies.
  expect(await (await server.get('/api/v1/files')).json()).toMatchObject({
    files: [{ link: expect.stringContaining(server.origin) }],
  })
})

test('without a public URL the web session is for hosts that somebody named', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1000 } })
  const { port } = new URL(server.origin)
  const ask = async (host: string, path = '/api/auth/get-session') =>
    await sendRaw(server.origin, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const named = [
    'localhost',
    'app.localhost',
    '127.0.0.1',
    '127.0.0.9',
    '[::1]',
    'NAS.local',
    'nas.local.',
  ]
  for (const host of named)
    expect([host, (await ask(`${host}:${port}`)).status]).toEqual([host, 200])
  const strange = [
    'attacker.example',
    'localhost.attacker.example',
    'notlocal',
    '203.0.113.7',
    '0.0.0.0',
  ]
  for (const host of strange) {
    for (const path of ['/api/auth/get-session', '/api/keys']) {
      const reply = await ask(host, path)
      expect([host, reply.status]).toEqual([host, 403])
      expect(reply.body).toContain('BARKEEP_PUBLIC_URL')
    }
  }
  const post = `POST /api/auth/sign-in/username HTTP/1.1\r\nHost: attacker.example\r\nOrigin: http://attacker.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
  expect((await sendRaw(server.origin, post)).status).toBe(403)
  const noHost = await sendRaw(server.origin, 'GET /api/keys HTTP/1.0\r\n\r\n')
  expect(noHost.status).toBe(403)
  // Nobody but a trusted proxy may name it for us.
  const told = 'GET /api/keys HTTP/1.1\r\nHost: b.example\r\nX-Forwarded-Host: localhost\r\n\r\n'
  expect((await sendRaw(server.origin, told)).status).toBe(403)
})
