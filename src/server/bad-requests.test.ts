import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiErrorCode, apiErrorStatus, errorReply } from '#contract/api-error.ts'
import { startTestServer, type TestServer } from './start-test-server.ts'
import { sendRaw } from './test-raw-request.ts'

// One server for all: nothing here leaves a trace, and two hundred servers would take a minute.
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: { rateLimit: 100_000, uploadMaxBytes: 1000 } })
})
afterAll(() => server[Symbol.asyncDispose]())

type Refusal = { status: number; code: ApiErrorCode }

/** Every answer is JSON by the contract, in under a second, and never a 500. */
async function refusalOf(request: () => Promise<Response>): Promise<Refusal> {
  const startedAt = performance.now()
  const reply = await request()
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
  const { code } = errorReply.parse(await reply.json())
  expect(performance.now() - startedAt).toBeLessThan(1000)
  return { status: reply.status, code: code as ApiErrorCode }
}

const long = (length: number) => 'a'.repeat(length)

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
  const refusal = await refusalOf(() => fetch(server.origin + path, { method, headers }))
  expect(refusal).toEqual({ status: 401, code })
})

const badPaths = [
  'path=//',
  'path=/a//b/',
  'path=/../',
  'path=..',
  'path=/a/../b/',
  'path=/./',
  'path=/a%00b/',
  'path=/a%0ab/',
  'path=/a%5Cb/',
  'path=/a%7Fb/',
  'path=/a%C2%85b/',
  `path=/${long(256)}/`,
  `path=/${Array(33).fill('d').join('/')}/`,
  `path=/${Array(5).fill(long(250)).join('/')}/`,
  'path=%ff',
  'path=%zz',
  'path=%',
  'path=%E0%A4%A',
  'path=%ED%A0%80',
  'path=/a/&path=/b/',
  '%ff=1',
]
const badOffsets = [
  '-1',
  '1.5',
  'x',
  '',
  ' ',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '+1',
  ' 1',
  '1 ',
  '1,000',
  '\u0661',
  '1\0',
  '1\n',
  '-0',
  '1n',
  long(30),
  '9'.repeat(16),
]
const badNames = [
  '',
  'filename',
  'filename=',
  'filename=.',
  'filename=..',
  'filename=a/b',
  'filename=%2e%2e%2fetc',
  'filename=a%5Cb',
  'filename=a%00b',
  'filename=a%0d%0ab',
  'filename=%1b[31m',
  `filename=${long(256)}`,
  `filename=${'%F0%9F%8D%BA'.repeat(64)}`,
  'filename=%ff',
  'filename=%',
  'filename=a&filename=b',
  'FILENAME=a',
  '__proto__=a',
  'filename=a%ED%A0%80',
  'filename[]=a',
  'name=a',
]

test.each(badPaths.concat(badOffsets.map((offset) => `offset=${encodeURIComponent(offset)}`)))(
  'a listing with ?%s is an invalid request',
  async (query) => {
    const refusal = await refusalOf(() => server.get(`/api/v1/files?${query}`))
    expect(refusal).toEqual({ status: 400, code: 'invalid_request' })
  },
)

test.each(badNames.concat(badPaths.map((path) => `filename=a&${path}`)))(
  'an upload with ?%s is an invalid request',
  async (query) => {
    const init = { method: 'POST', body: 'bytes' }
    const refusal = await refusalOf(() => server.request(`/api/v1/upload?${query}`, init))
    expect(refusal).toEqual({ status: 400, code: 'invalid_request' })
  },
)

const badImports: unknown[] = [
  null,
  [],
  'text',
  1,
  true,
  {},
  { url: null },
  { url: 1 },
  { url: [] },
  { url: '' },
  { url: ' ' },
  { url: 'no link' },
  { url: 'example.com' },
  { url: '//example.com/a' },
  { url: 'ftp://example.com/a' },
  { url: 'file:///etc/passwd' },
  { url: 'javascript:alert(1)' },
  { url: 'data:text/plain,x' },
  { url: 'gopher://example.com' },
  { url: 'http://' },
  { url: 'http://127.0.0.1/' },
  { url: 'http://[::1]/' },
  { url: 'http://2130706433/' },
  { url: '--batch-file=/etc/passwd' },
  { url: `https://example.com/${long(9000)}` },
  { url: 'https://example.com/', type: 'audio' },
  { url: 'https://example.com/', type: 1 },
  { url: 'https://example.com/', path: '/../' },
  { url: 'https://example.com/', path: 1 },
  { url: 'https://example.com/', filename: 'a/b' },
  { url: 'https://example.com/', filename: '' },
  { url: 'https://example.com/', video: 'best' },
  { url: 'https://example.com/', video: { quality: 'huge' } },
  { url: 'https://example.com/', video: { quality: 1080 } },
  { url: 'https://example.com/', video: { quality: '0' } },
  { url: 'https://example.com/', video: { quality: '99999' } },
  { url: 'https://example.com/', video: { quality: '-1' } },
  { url: 'https://example.com/', video: { subtitles: 'yes' } },
  { url: 'https://example.com/', video: { thumbnail: 1 } },
  { url: 'https://user:word@127.0.0.1/' },
  { url: 'http://127.0.0.1.:80/' },
  { url: 'http://0177.0.0.1/' },
  { url: 'http://１２７.0.0.1/' },
  { url: 'http://[::ffff:127.0.0.1]/' },
  { url: 'http://[64:ff9b::7f00:1]/' },
  { url: 'http://10.0.0.1/', video: [] },
  { url: 'http://10.0.0.1/', constructor: 1 },
]

test.each(badImports.map((body) => JSON.stringify(body)))(
  'an import with the body %s is an invalid request',
  async (body) => {
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const refusal = await refusalOf(() => server.request('/api/v1/import', init))
    expect(refusal).toEqual({ status: 400, code: 'invalid_request' })
  },
)

const badBodies: [string, string | undefined, ApiErrorCode?][] = [
  ['application/json', undefined],
  ['application/json', ''],
  ['application/json', '{'],
  ['application/json', '{"url":'],
  ['application/json', "{'url':'x'}"],
  ['application/json', '\u0000'],
  ['application/json', '{"__proto__":{"url":"x"}}'],
  ['application/json', '['.repeat(100_000)],
  ['application/json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['application/json', `${'{"url":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['application/json', `{"url":"http://10.0.0.1/","x":${'['.repeat(90_000)}${']'.repeat(90_000)}}`],
  ['application/json', '{"url":"http://10.0.0.1/","url":"http://10.0.0.2/"}'],
  ['application/json', '{"url":"http://10.0.0.1/","task_id":0,"__proto__":{"admin":true}}'],
  ['application/json', '{"constructor":{"prototype":{"url":"x"}}}'],
  ['application/json', '\ufeff{}'],
  ['application/json', '{} {}'],
  ['application/json', '{"url":1e999,"task_id":1e999}'],
  ['application/json', `{"task_id":[${'1,'.repeat(300_000)}1]}`],
  ['application/json; charset=utf-16', '{'],
  ['application/vnd.api+json', '{"url":"https://example.com/"}'],
  ['application/json', JSON.stringify({ url: long(2_000_000) }), 'payload_too_large'],
  ['application/json', JSON.stringify({ task_id: long(10_000_000) }), 'payload_too_large'],
  ['application/x-www-form-urlencoded', 'url=https://example.com/'],
  ['multipart/form-data; boundary=x', '--x--'],
  ['text/plain', '{"url":"https://example.com/"}'],
  ['text/html', '<p>'],
  ['application/xml', '<url/>'],
  ['application/octet-stream', 'x'],
  ['nonsense', '{"url":"https://example.com/"}'],
  ['', '{"url":"https://example.com/"}'],
  ['application/json; charset=latin1; charset=utf-8', '{'],
]

test.each(
  ['/api/v1/import', '/api/v1/import/cancel'].flatMap((path) =>
    badBodies.map(([type, body, code = 'invalid_request']) => ({ path, type, body, code })),
  ),
)('POST $path with a $type body that is none is $code', async ({ path, type, body, code }) => {
  const init = { method: 'POST', body, headers: { 'content-type': type } }
  const refusal = await refusalOf(() => server.request(path, init))
  expect(refusal).toEqual({ status: apiErrorStatus[code], code })
})

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
  ['QUERY', '/api/v1/me', 'invalid_request'],
  ['PROPFIND', '/api/v1/files', 'not_found'],
  ['POST', '/share/nothing/a.txt', 'not_found'],
  ['DELETE', '/anything', 'not_found'],
  ['POST', '/', 'not_found'],
])('%s %s is %s', async (method, path, code) => {
  const body = method === 'POST' ? 'x' : undefined
  const refusal = await refusalOf(() => server.request(path, { method, body }))
  expect(refusal).toEqual({ status: apiErrorStatus[code], code })
})

test.each<[string, string]>([
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['an unknown method', 'BREW /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['no Host', 'GET /api/v1/me HTTP/1.1\r\n\r\n'],
  ['an empty Host', 'GET /api/v1/me HTTP/1.1\r\nHost:\r\n\r\n'],
  ['two Hosts', 'GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['two slashes', 'GET //evil/api/v1/files HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another host in the target', 'GET http://evil/api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a bare escape', 'GET /% HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
  ['a control character in a header', 'GET / HTTP/1.1\r\nHost: a\r\nx: \u0001\r\n\r\n'],
  ['headers of 40 kB', `GET / HTTP/1.1\r\nHost: a\r\nx: ${long(40_000)}\r\n\r\n`],
  ['another expectation', 'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n'],
  ['a length that is none', 'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
  ['a negative length', 'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
  [
    'two lengths',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  ],
  [
    'a length and chunks',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'a coding that nobody knows',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\nab',
  ],
  ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n'],
  ['a tunnel to ask for', 'CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'],
  ['the greeting of TLS', `\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03${'\0'.repeat(190)}`],
  ['nothing but NUL', '\0'.repeat(100)],
  ['NUL in the path', 'GET /api/v1/\0me HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a letter that is no ASCII', 'GET /api/v1/files?path=/é/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a path of 64 kB', `GET /api/v1/${long(65_536)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['5,000 headers', `GET / HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(5000)}\r\n`],
  ['a name of 20 kB', `GET / HTTP/1.1\r\nHost: a\r\n${long(20_000)}: x\r\n\r\n`],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nx: y\r\n z\r\n\r\n'],
  ['lines that end in LF', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['a CR in a header', 'GET / HTTP/1.1\r\nHost: a\r\nx: y\rz\r\n\r\n'],
  ['HTTP/1.0 and no Host', 'GET /api/v1/me HTTP/1.0\r\n\r\n'],
  ['a name in its Host', 'GET /api/v1/me HTTP/1.1\r\nHost: me@a\r\n\r\n'],
  ['a path in its Host', 'GET /api/auth/get-session HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['half an address as Host', 'GET /api/auth/get-session HTTP/1.1\r\nHost: [\r\n\r\n'],
  ['a port that is none', 'GET /api/auth/get-session HTTP/1.1\r\nHost: a:99999\r\n\r\n'],
  [
    'two lengths that agree',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na',
  ],
  [
    'a coding within chunks',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'chunks twice',
    'POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'chunks before there were any',
    'POST /api/v1/upload HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
])('a request with %s gets a 400 in JSON', async (_what, request) => {
  const startedAt = performance.now()
  const reply = await sendRaw(server.origin, request)
  expect(performance.now() - startedAt).toBeLessThan(1000)
  expect(reply.status).toBe(400)
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  expect(errorReply.parse(JSON.parse(reply.body)).code).toBe('invalid_request')
})

test.each([
  ['a size that is none', '5\r\nhello\r\nzz\r\n'],
  ['a size below nothing', '-1\r\nhello\r\n'],
  ['a size past all numbers', 'fffffffffffffffff\r\nhello\r\n'],
  ['an endless extension', `5;${long(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ['lines that end in LF', '5\nhello\n0\n\n'],
  ['a length in its trailer', '5\r\nhello\r\n0\r\nContent-Length: 1\r\n\r\n'],
  ['an endless trailer', `5\r\nhello\r\n0\r\nx: ${long(40_000)}\r\n\r\n`],
])('an upload in chunks with %s is refused and nothing is listed', async (_what, chunks) => {
  const { origin, key } = server
  const reply = await sendRaw(
    origin,
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  )
  expect(reply.status).toBe(400)
  const listed = await (await server.get('/api/v1/files')).json()
  expect(listed).toMatchObject({ files: [] })
})

test('a compressed body is refused where it would be read, whatever its bytes', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  for (const body of ['{"task_id":"file_0"}', gzipSync('{"task_id":"file_0"}')]) {
    const init = { method: 'POST', body, headers }
    const refusal = await refusalOf(() => server.request('/api/v1/import/cancel', init))
    expect(refusal).toEqual({ status: 400, code: 'invalid_request' })
  }
})

test('what is asked right is answered, so the refusals above are about what is wrong', async () => {
  const answers = await Promise.all([
    server.get('/api/v1/files?path=/&offset=0&unknown=1&unknown=2'),
    server.get('/api/v1/files?path='),
    server.get('/api/v1/me'),
  ])
  expect(answers.map((reply) => reply.status)).toEqual([200, 200, 200])
})
