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

test.each<[string, string, ApiErrorCode]>([
  ['GET', '/api', 'not_found'],
  ['GET', '/api/', 'not_found'],
  ['GET', '/api/v1', 'not_found'],
  ['GET', '/api/v1/', 'not_found'],
  ['GET', '/api/v1/nothing', 'not_found'],
  ['GET', '/api/v1/me/', 'not_found'],
  ['GET', '/api/v1/ME', 'not_found'],
  ['GET', '/api/v1//me', 'not_found'],
  ['GET', '/api/v2/me', 'not_found'],
  ['GET', '/api/v1/upload', 'not_found'],
  ['GET', '/api/v1/import', 'not_found'],
  ['POST', '/api/v1/me', 'not_found'],
  ['POST', '/api/v1/files', 'not_found'],
  ['PUT', '/api/v1/upload', 'not_found'],
  ['DELETE', '/api/v1/files', 'not_found'],
  ['PATCH', '/api/v1/me', 'not_found'],
  ['OPTIONS', '/api/v1/me', 'not_found'],
  ['GET', '/api/v1/%zz', 'invalid_request'],
  ['GET', '/api/v1/files?path=/nowhere/', 'not_found'],
  ['GET', '/api/v1/import/status', 'invalid_request'],
  ['GET', '/api/v1/import/status?task_id=', 'invalid_request'],
  ['GET', '/api/v1/import/status?task_id=file_0', 'not_found'],
  ['GET', '/api/v1/import/status?task_id=%27%20or%201=1--', 'not_found'],
  ['GET', `/api/v1/import/status?task_id=${long(201)}`, 'invalid_request'],
  ['GET', '/api/v1/import/status?task_id=a&task_id=b', 'invalid_request'],
  ['GET', '/share', 'not_found'],
  ['GET', '/share/', 'not_found'],
  ['GET', '/share/nothing', 'not_found'],
  ['GET', '/share/nothing/a.txt', 'not_found'],
  ['GET', '/share/%zz/a.txt', 'invalid_request'],
  ['GET', `/share/x/${long(3000)}`, 'not_found'],
  ['GET', `/api/v1/${long(12_000)}`, 'not_found'],
  ['GET', '/api/v1/me;x=1', 'not_found'],
  ['GET', '/api/v1/%2e%2e/%2e%2e/api/v1/nothing', 'not_found'],
  ['QUERY', '/api/v1/me', 'not_found'],
  ['PROPFIND', '/api/v1/files', 'not_found'],
  ['POST', '/share/nothing/a.txt', 'not_found'],
  ['DELETE', '/anything', 'not_found'],
  ['POST', '/', 'not_found'],
  ['GET', '/%61pi/v1/nothing', 'not_found'],
  ['GET', '/api%2fv1%2fme', 'not_found'],
  ['GET', '/api/v1%2fme', 'not_found'],
  ['GET', '/api%2f..%2f', 'not_found'],
  ['GET', '/api/v1/%00', 'not_found'],
  ['GET', '/api/v1/%c0%afme', 'invalid_request'],
  ['GET', '/api/v1/*', 'not_found'],
  ['PUT', '/api/v1/:name', 'not_found'],
  ['PUT', '/api/v1/(', 'not_found'],
  ['PUT', '/api/v1/me(.*)::', 'not_found'],
  ['GET', '/%73hare/nothing/a.txt', 'not_found'],
  ['GET', '/assets/gone.js', 'not_found'],
  ['GET', '/api/auth/sign-in/username', 'not_found'],
])('%s %s is %s', async (method, path, code) => {
  const body = method === 'POST' ? 'x' : undefined
  await expectRefusal(server, [path, { method, body }], code)
})

const methods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY', 'M-SEARCH', 'REPORT']

test.each(
  Object.entries({
    '/api/v1/me': 'GET, HEAD',
    '/api/v1/files': 'GET, HEAD',
    '/api/v1/upload': 'POST',
    '/api/v1/import/cancel': 'POST',
    '/api/keys': 'GET, HEAD, POST',
    '/api/auth/get-session': 'GET',
    '/api/server': 'GET, HEAD',
    '/healthz': 'GET, HEAD',
  }).flatMap(([path, allow]) => methods.map((method) => ({ path, allow, method }))),
)('$method $path is not_found, and it tells the methods that are', async (asked) => {
  const { path, allow, method } = asked
  const reply = await expectRefusal(server, [path, { method }], 'not_found')
  expect(reply.headers.get('allow')).toBe(allow)
  expect(reply.headers.has('x-ratelimit-limit')).toBe(path.startsWith('/api/v1/'))
})

test('an address where nothing is for any method names none', async () => {
  const reply = await expectRefusal(server, ['/api/v1/none', { method: 'DELETE' }], 'not_found')
  expect(reply.headers.get('allow')).toBeNull()
})

test.each(['/api/v1/none', '/api/v1/me'])('a body for nobody at %s is not read', async (path) => {
  const headers = { 'content-type': 'application/json' }
  await expectRefusal(server, [path, { method: 'POST', body: '{', headers }], 'not_found')
})
