import { expect, test, vi } from 'vitest'
import { type ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import { guardStorage } from '#app/lib/browser/storage.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Connection } from './session.ts'

const me = {
  status: 'ok',
  username: 'alice',
  plan: 'pro',
  key: {
    id: 'key_1',
    name: 'My script',
    scopes: ['read', 'a_scope_of_tomorrow'],
    key_prefix: 'csb_live_ab12cd...',
    key_last4: 'wxyz',
    created_at: '2026-06-25T10:00:00+00:00',
    expires_at: null,
  },
  rate_limit: { limit: 60, remaining: 59, reset: 1_782_326_145, window_seconds: 60 },
  limits: { upload_max_bytes: 2_147_483_648 },
  a_field_of_tomorrow: true,
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const refusal = (status: number, code: string) =>
  json(status, { status: 'error', code, message: code })

/** A tab before a server that answers with what `answer` makes. */
function openTab(
  answer: (request: Request) => Response | Promise<Response>,
  stored = new Map<string, string>(),
) {
  vi.stubGlobal('location', { origin: 'https://barkeep.test' })
  const clock = new ManualClock()
  const requests: Request[] = []
  let wake = () => {}
  const storage = guardStorage(
    () =>
      ({
        getItem: (name: string) => stored.get(name) ?? null,
        setItem: (name: string, text: string) => stored.set(name, text),
        removeItem: (name: string) => stored.delete(name),
      }) as unknown as Storage,
  )
  const connection = new Connection({
    environment: { clock, random: () => 0.5, openChannel: null, locks: null },
    storage,
    onReconnect(listener) {
      wake = listener
      return () => {}
    },
    async fetch(input, init) {
      const request = new Request(new URL(String(input), 'https://barkeep.test'), init)
      requests.push(request)
      return answer(request)
    },
  })
  const calls = () => requests.filter(({ url }) => url.includes('/api/v1/'))
  return { clock, connection, calls, stored, wake: () => wake() }
}

test('connecting asks /me once, with the key in the header and nowhere else', async () => {
  const { connection, calls, stored } = openTab(() => json(200, me))
  await connection.connect('csb_live_secret')
  expect(connection.getSnapshot()).toMatchObject({ state: 'in', me: { username: 'alice' } })
  expect(calls()).toHaveLength(1)
  expect(calls()[0]?.headers.get('authorization')).toBe('Bearer csb_live_secret')
  expect(calls()[0]?.url).toBe('https://barkeep.test/api/v1/me')
  expect([...stored.values()]).toEqual(['csb_live_secret'])
  connection.disconnect()
})

test('a refused key is not kept, and the reason is told', async () => {
  const { connection, stored } = openTab(() => refusal(401, 'expired_key'))
  await connection.connect('csb_live_old')
  const { state, error, reason } = connection.getSnapshot()
  expect({ state, reason, code: (error as ApiError).code }).toEqual({
    state: 'out',
    reason: 'refused',
    code: 'expired_key',
  })
  expect(stored.size).toBe(0)
})

test('a reload goes on with the key of this tab', async () => {
  const { connection } = openTab(() => json(200, me), new Map([['barkeep.key', 'csb_live_secret']]))
  await connection.restore()
  expect(connection.getSnapshot().state).toBe('in')
})

test('a server that is away at a reload is waited for, and the key is kept', async () => {
  const lost = () => Promise.reject(new TypeError('Failed to fetch'))
  const answers: (() => Response | Promise<never>)[] = [lost, () => refusal(503, 'unavailable')]
  const { clock, connection, stored } = openTab(
    ({ url }) =>
      url.includes('/api/v1/') ? (answers.shift() ?? (() => json(200, me)))() : json(200, {}),
    new Map([['barkeep.key', 'csb_live_secret']]),
  )
  const restored = connection.restore()
  await clock.advance(400)
  expect(connection.getSnapshot().state).toBe('out')
  expect(connection.getSnapshot().error).toBeInstanceOf(ConnectionError)
  await clock.finish(restored)
  expect(connection.getSnapshot().state).toBe('in')
  expect(stored.get('barkeep.key')).toBe('csb_live_secret')
})

test('a 401 to any call ends the session, wipes the key and says so once', async () => {
  let isRevoked = false
  const { connection, stored } = openTab(() =>
    isRevoked ? refusal(401, 'invalid_key') : json(200, me),
  )
  const ends: string[] = []
  connection.onEnd((reason) => ends.push(reason))
  await connection.connect('csb_live_secret')
  const { client } = connection.getSnapshot()
  isRevoked = true
  const call = () => client?.call(endpoints.folders, { lane: 'person', purpose: 'browsing' })
  const settled = await Promise.allSettled([call(), call(), call()])
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(ends).toEqual(['refused'])
  expect(stored.has('barkeep.key')).toBe(false)
  expect(connection.getSnapshot()).toMatchObject({ state: 'out', reason: 'refused' })
})

test('signing out forgets the key, and an answer that comes after it changes nothing', async () => {
  const slow = Promise.withResolvers<Response>()
  const { connection, stored } = openTab(() => slow.promise)
  const connecting = connection.connect('csb_live_secret')
  connection.disconnect()
  slow.resolve(json(200, me))
  await connecting
  expect(connection.getSnapshot()).toMatchObject({ state: 'out', reason: 'signed-out' })
  expect(stored.size).toBe(0)
})

test('text that no header can carry is refused before it is sent', async () => {
  const { connection, calls } = openTab(() => json(200, me))
  await connection.connect('ключ')
  expect(calls()).toEqual([])
  expect(connection.getSnapshot()).toMatchObject({ state: 'out', error: { code: 'invalid_key' } })
})

test.for([
  {
    what: 'HTML instead of JSON',
    answer: new Response('<h1>Hello</h1>'),
    code: 'unexpected_answer',
  },
  {
    what: 'a reply of wrong types',
    answer: json(200, { ...me, limits: 'none' }),
    code: 'unexpected_answer',
  },
  {
    what: 'ten megabytes of text',
    answer: new Response('x'.repeat(1e7)),
    code: 'unexpected_answer',
  },
  {
    what: 'a proxy page',
    answer: new Response('<h1>Bad gateway</h1>', { status: 502 }),
    code: 'foreign_answer',
  },
  {
    what: 'an error without a code',
    answer: new Response('', { status: 500 }),
    code: 'foreign_answer',
  },
  { what: 'a code of tomorrow', answer: refusal(418, 'teapot'), code: 'teapot' },
])('$what is an ApiError with a code', async ({ answer, code }) => {
  const { connection } = openTab(() => answer.clone())
  await connection.connect('csb_live_secret')
  expect(connection.getSnapshot().error).toMatchObject({ name: 'ApiError', code })
})

const page = (status: number) => new Response('<h1>Welcome to the hotel</h1>', { status })

test('a 401 that is not the API’s own ends no session and wipes no key', async () => {
  let isInHotel = false
  const { connection, stored } = openTab(() => (isInHotel ? page(401) : json(200, me)))
  await connection.connect('csb_live_secret')
  isInHotel = true
  const { client } = connection.getSnapshot()
  const call = client?.call(endpoints.folders, { lane: 'person', purpose: 'browsing' })
  await expect(call).rejects.toMatchObject({ code: 'foreign_answer', status: 401 })
  expect(connection.getSnapshot()).toMatchObject({ state: 'in', client })
  expect(stored.get('barkeep.key')).toBe('csb_live_secret')
  connection.disconnect()
})

test.for([
  ['401', () => page(401)],
  ['403', () => page(403)],
  ['200', () => page(200)],
] as const)('after a reload a foreign %s is waited out', async ([, answer]) => {
  let isInHotel = true
  const stored = new Map([['barkeep.key', 'csb_live_secret']])
  const { clock, connection } = openTab(() => (isInHotel ? answer() : json(200, me)), stored)
  const restored = connection.restore()
  await clock.advance(10_000)
  isInHotel = false
  await clock.finish(restored)
  expect(connection.getSnapshot()).toMatchObject({ state: 'in', me: { username: 'alice' } })
  connection.disconnect()
})

test('being unreachable is noticed by a call that gets no answer, shown, and ends by itself', async () => {
  let isAway = false
  const { clock, connection } = openTab(() => {
    if (isAway) throw new TypeError('Failed to fetch')
    return json(200, me)
  })
  await connection.connect('csb_live_secret')
  isAway = true
  const { client } = connection.getSnapshot()
  const call = client?.call(endpoints.folders, { lane: 'person', purpose: 'browsing' })
  await expect(call).rejects.toBeInstanceOf(ConnectionError)
  await clock.advance(100)
  expect(connection.getSnapshot()).toMatchObject({ state: 'in', online: false })
  isAway = false
  await clock.advance(60_000)
  expect(connection.getSnapshot().online).toBe(true)
  connection.disconnect()
})
