import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiErrorCode } from '#contract/api-error.ts'
import type { TestServer } from '#server/testing/start-test-server.ts'
import { expectRefusal, startRefusingServer } from '#server/testing/test-raw-request.ts'

const long = (length: number) => 'a'.repeat(length)

let server: TestServer
beforeAll(async () => {
  server = await startRefusingServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const badKeys: [string | null, ApiErrorCode][] = [
  [null, 'missing_auth'],
  ['', 'missing_auth'],
  [' ', 'missing_auth'],
  ['Bearer', 'missing_auth'],
  ['Bearer ', 'missing_auth'],
  ['Basic dXNlcjpwYXNz', 'missing_auth'],
  ['Token csb_live_0000000000000000000000000000', 'missing_auth'],
  ['csb_live_0000000000000000000000000000', 'missing_auth'],
  ['Bearer csb_live_0000 0000', 'missing_auth'],
  ['Bearer csb_live_0000000000000000000000000000, Bearer x', 'missing_auth'],
  ['Bearer\tcsb_live_0000000000000000000000000000', 'missing_auth'],
  ['Bearer csb_live_\u00e9\u00e8', 'missing_auth'],
  ['Bearer csb%5Flive_0000000000000000000000000000', 'missing_auth'],
  ['Bearer x', 'invalid_key'],
  ['BEARER   csb_live_0000000000000000000000000000', 'invalid_key'],
  ['Bearer csb_live_', 'invalid_key'],
  ['Bearer csb_test_0000000000000000000000000000', 'invalid_key'],
  ['Bearer csb_live_0000000000000000000000000000', 'invalid_key'],
  ['bearer csb_live_0000000000000000000000000000', 'invalid_key'],
  [`Bearer ${long(5000)}`, 'invalid_key'],
]
const everyEndpoint = [
  ['GET', '/api/v1/me'],
  ['GET', '/api/v1/files'],
  ['GET', '/api/v1/folders'],
  ['GET', '/api/v1/import/status'],
  ['POST', '/api/v1/upload'],
  ['POST', '/api/v1/import'],
  ['POST', '/api/v1/import/cancel'],
] as const

test.each(
  everyEndpoint.flatMap(([method, path]) =>
    badKeys.map(([authorization, code]) => ({ method, path, authorization, code })),
  ),
)('$method $path with Authorization: $authorization is refused as $code', async (asked) => {
  const { method, path, authorization, code } = asked
  const headers = new Headers(authorization === null ? {} : { authorization })
  const reply = await expectRefusal(server, [path, { method, headers, key: null }], code)
  // RFC 6750, 3: without a token the challenge says no more than what is wanted.
  const challenge = code === 'missing_auth' ? 'Bearer' : 'Bearer error="invalid_token"'
  expect(reply.headers.get('www-authenticate')).toBe(challenge)
})

test('a key that may not do this is told which scope it would need', async () => {
  const key = await server.keyWith({ scopes: ['upload'] })
  const reply = await expectRefusal(server, ['/api/v1/files', { key }], 'insufficient_scope')
  expect(reply.headers.get('www-authenticate')).toBe(
    'Bearer error="insufficient_scope", scope="read"',
  )
})

test('an expired key is told as a token that is no good, where a session is wanted no key is asked for', async () => {
  const key = await server.keyWith({ expiresAt: new Date(1000) })
  const reply = await expectRefusal(server, ['/api/v1/me', { key }], 'expired_key')
  expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  const session = await expectRefusal(server, ['/api/keys'], 'missing_auth')
  expect(session.headers.get('www-authenticate')).toBeNull()
})
