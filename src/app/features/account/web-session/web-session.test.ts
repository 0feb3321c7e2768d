import { expect, test } from 'vitest'
import { createWebSession } from './web-session.ts'

const key = {
  id: 'k1',
  name: 'laptop',
  scopes: ['read'],
  key_prefix: 'csb_live_ab12cd...',
  key_last4: 'wxyz',
  created_at: '2026-06-25T10:00:00+00:00',
  expires_at: null,
  last_used_at: null,
}

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked: Request[] = []
  const session = createWebSession(async (input, init) => {
    asked.push(new Request(new URL(String(input), 'http://barkeep.test'), init))
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(text, { status, headers })
  })
  return { session, asked }
}

test('calls carry the cookie and never a key', async () => {
  const { session, asked } = answering(200, { status: 'ok', keys: [key] })
  expect(await session.listKeys()).toEqual([key])
  expect(asked[0]?.credentials).toBe('same-origin')
  expect(asked[0]?.headers.has('authorization')).toBe(false)
})

test('signing in sends name and password as JSON to the same origin', async () => {
  const { session, asked } = answering(200, { token: 't', user: {} })
  await session.signIn({ username: 'owner', password: 'secret words' })
  expect(new URL(asked[0]?.url ?? '').pathname).toBe('/api/auth/sign-in/username')
  expect(asked[0]?.headers.get('content-type')).toBe('application/json')
  expect(await asked[0]?.json()).toEqual({ username: 'owner', password: 'secret words' })
})

test('nobody signed in is no failure', async () => {
  expect(await answering(200, null).session.username()).toBe(null)
  expect(await answering(200, { user: { username: 'owner' } }).session.username()).toBe('owner')
})

test.each([
  [401, { status: 'error', code: 'missing_auth', message: '' }, 'wrong-password'],
  [403, { status: 'error', code: 'account_unavailable', message: '' }, 'banned'],
  [429, { message: 'Too many requests.' }, 'too-many-tries'],
  [503, { status: 'error', code: 'unavailable', message: '' }, 'unreachable'],
])('a sign-in answered with %i %j is told as %s', async (status, body, fault) => {
  const { session } = answering(status, body)
  await expect(session.signIn({ username: 'owner', password: 'x' })).rejects.toMatchObject({
    fault,
  })
})

test('the pause after too many tries is what the server says', async () => {
  const { session } = answering(429, {}, { 'retry-after': '42' })
  const signIn = session.signIn({ username: 'owner', password: 'x' })
  await expect(signIn).rejects.toMatchObject({ retryAfter: 42 })
})

test('a call after the session has ended says so, and a refusal keeps the words of the server', async () => {
  const ended = answering(401, { status: 'error', code: 'missing_auth', message: 'Sign in.' })
  await expect(ended.session.listKeys()).rejects.toMatchObject({ fault: 'ended' })
  const refused = answering(400, { status: 'error', code: 'invalid_request', message: 'Ten.' })
  await expect(refused.session.createKey({ name: 'a' })).rejects.toMatchObject({
    fault: 'refused',
    message: 'Ten.',
  })
})

test.each([
  ['a page of a proxy', '<html>'],
  ['a list of another shape', { status: 'ok', keys: 'none' }],
])('%s instead of the list is told as a server that does not answer', async (_, body) => {
  const { session } = answering(200, body)
  await expect(session.listKeys()).rejects.toMatchObject({ fault: 'unreachable' })
})

test('a network that fails is told as a server that does not answer', async () => {
  const session = createWebSession(async () => {
    throw new TypeError('Failed to fetch')
  })
  await expect(session.username()).rejects.toMatchObject({ fault: 'unreachable' })
})

test.for([401, 403, 404, 429, 502])(
  'a proxy’s page with %i is no word about the session',
  async (status) => {
    const { session } = answering(status, '<html>Sign in to the network</html>')
    await expect(session.listKeys()).rejects.toMatchObject({ fault: 'unreachable' })
  },
)
