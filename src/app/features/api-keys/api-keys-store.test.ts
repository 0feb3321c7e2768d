import { expect, test } from 'vitest'
import { createWebSession } from '#app/features/account/web-session/web-session.ts'
import { createApiKeysStore } from './api-keys-store.ts'

const key = (id: string) => ({
  id,
  name: id,
  scopes: ['read'],
  key_prefix: 'csb_live_ab12cd...',
  key_last4: 'wxyz',
  created_at: '2026-06-25T10:00:00+00:00',
  expires_at: null,
  last_used_at: null,
})

const yes = async () => true

/** The answers of the own server to somebody who is signed in, until `endSession`. */
function startServer() {
  let isSignedIn = true
  const reply = (status: number, body: unknown) => Response.json(body, { status })
  const answers: Record<string, () => Response> = {
    'GET /api/auth/get-session': () =>
      reply(200, isSignedIn ? { user: { username: 'owner' } } : null),
    'POST /api/auth/sign-in/username': () => {
      isSignedIn = true
      return reply(200, {})
    },
    'POST /api/auth/sign-out': () => reply(200, { success: true }),
    'GET /api/keys': () => reply(200, { status: 'ok', keys: [key('old')] }),
    'POST /api/keys': () => reply(200, { status: 'ok', key: key('new'), secret: 'csb_live_x' }),
    'POST /api/keys/revoke': () => reply(200, { status: 'ok' }),
  }
  const session = createWebSession(async (input, init) => {
    const path = String(input)
    if (!isSignedIn && path.startsWith('/api/keys')) {
      return reply(401, { status: 'error', code: 'missing_auth', message: 'Sign in.' })
    }
    return answers[`${init?.method} ${path}`]?.() ?? reply(404, {})
  })
  return {
    ring: createApiKeysStore(session, yes),
    endSession: () => {
      isSignedIn = false
    },
  }
}

test('whoever is signed in sees the keys at once', async () => {
  const { ring } = startServer()
  await ring.load()
  expect(ring.getSnapshot()).toMatchObject({ state: 'signed-in', username: 'owner' })
  expect(ring.getSnapshot().keys.map(({ id }) => id)).toEqual(['old'])
})

test('a made key stands first, a revoked one is gone, and subscribers hear of both', async () => {
  const { ring } = startServer()
  await ring.load()
  const seen: string[][] = []
  ring.subscribe(() => seen.push(ring.getSnapshot().keys.map(({ id }) => id)))
  expect(await ring.create({ name: 'new' })).toMatchObject({ secret: 'csb_live_x' })
  await ring.revoke('old')
  expect(seen).toEqual([['new', 'old'], ['new']])
})

test('a session that ends shows the sign-in again, and says that there was one', async () => {
  const { ring, endSession } = startServer()
  await ring.load()
  endSession()
  await expect(ring.create({ name: 'new' })).rejects.toMatchObject({ fault: 'ended' })
  expect(ring.getSnapshot()).toMatchObject({ state: 'signed-out', hasEnded: true, keys: [] })
  await ring.signIn({ username: 'owner', password: 'x' })
  expect(ring.getSnapshot()).toMatchObject({ state: 'signed-in', hasEnded: false })
})

test('nobody signed in, and signing out, are no session that ended', async () => {
  const { ring, endSession } = startServer()
  endSession()
  await ring.load()
  expect(ring.getSnapshot()).toMatchObject({ state: 'signed-out', hasEnded: false })
  await ring.signIn({ username: 'owner', password: 'x' })
  await ring.signOut()
  expect(ring.getSnapshot()).toMatchObject({ state: 'signed-out', hasEnded: false, keys: [] })
})

test('a server that does not answer shows as such, and loading again can mend it', async () => {
  let isUp = false
  const ring = createApiKeysStore(
    createWebSession(async () => {
      if (!isUp) throw new TypeError('Failed to fetch')
      return Response.json(null)
    }),
    yes,
  )
  await ring.load()
  expect(ring.getSnapshot().state).toBe('unreachable')
  isUp = true
  await ring.load()
  expect(ring.getSnapshot().state).toBe('signed-out')
})

test('where the service behind has the accounts, nothing is asked of them', async () => {
  const asked: string[] = []
  const session = createWebSession(async (input) => {
    asked.push(String(input))
    return Response.json(null)
  })
  const ring = createApiKeysStore(session, async () => false)
  await ring.load()
  expect(ring.getSnapshot().state).toBe('elsewhere')
  expect(asked).toEqual([])
})
