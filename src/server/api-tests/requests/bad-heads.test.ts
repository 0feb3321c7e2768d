import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestServer } from '#server/testing/start-test-server.ts'
import { expectRawRefusal, sendRaw, startRefusingServer } from '#server/testing/test-raw-request.ts'

const long = (length: number) => 'a'.repeat(length)

let server: TestServer
beforeAll(async () => {
  server = await startRefusingServer()
})
afterAll(() => server[Symbol.asyncDispose]())

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
  ['HTTP/2.0 in its first line', 'GET /api/v1/me HTTP/2.0\r\nHost: a\r\n\r\n'],
  ['HTTP/0.9 in its first line', 'GET /api/v1/me HTTP/0.9\r\nHost: a\r\n\r\n'],
  ['HTTP/1.2', 'GET /api/v1/me HTTP/1.2\r\nHost: a\r\n\r\n'],
  ['its method in small letters', 'get /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a space in its path', 'GET /api/v1/me too HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a space before its first header', 'GET /api/v1/me HTTP/1.1\r\n Host: a\r\n\r\n'],
  ['a Host that is no ASCII', 'GET /api/v1/me HTTP/1.1\r\nHost: \u00fc\r\n\r\n'],
  ['a body of no length in HTTP/1.0', 'POST /api/v1/upload HTTP/1.0\r\nHost: a\r\n\r\nabc'],
  ['one LF among its line ends', 'GET /api/v1/me HTTP/1.1\r\nHost: a\nx: y\r\n\r\n'],
  ['a tunnel to a path', 'CONNECT /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n'],
  ...[
    'Content-Length: 1, 1',
    'Content-Length: +1',
    'Content-Length: 0x1',
    'Content-Length: 1 1',
    'Content-Length: 99999999999999999999999',
    'Content-Length:',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: \u000bchunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding:',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\r\n chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
    'Transfer-Encoding: chunked\r\nContent-Length: 4',
    'Content-Length: 4\r\nTransfer-Encoding: chunked',
    'Expect: 100-continue\r\nExpect: tea\r\nContent-Length: 1',
  ].map((line): [string, string] => [
    JSON.stringify(line),
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n0\r\n\r\n`,
  ]),
])('a request with %s gets a 400 in JSON', async (_what, request) => {
  await expectRawRefusal(server, request)
})

test.each([
  ['a size that is none', '5\r\nhello\r\nzz\r\n'],
  ['a size below nothing', '-1\r\nhello\r\n'],
  ['a size past all numbers', 'fffffffffffffffff\r\nhello\r\n'],
  ['an endless extension', `5;${long(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ['an underscore in its size', '1_0\r\nhello\r\n'],
  ['a size that says it is one', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['more bytes than its size', '5\r\nhello world\r\n0\r\n\r\n'],
  ['an extension that ends in LF', '2;\nhi\r\n0\r\n\r\n'],
  ['lines that end in LF', '5\nhello\n0\n\n'],
  ['a length in its trailer', '5\r\nhello\r\n0\r\nContent-Length: 1\r\n\r\n'],
  ['an endless trailer', `5\r\nhello\r\n0\r\nx: ${long(40_000)}\r\n\r\n`],
])('an upload in chunks with %s is refused and nothing is listed', async (_what, chunks) => {
  const head = `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}`
  await expectRawRefusal(server, `${head}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)
  const listed = await (await server.get('/api/v1/files')).json()
  expect(listed).toMatchObject({ files: [] })
})

test.each([
  ['that wants to speak WebSocket', 'Connection: Upgrade\r\nUpgrade: websocket'],
  ['that wants to speak HTTP/2', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c'],
])('a request %s is answered as it is', async (_what, lines) => {
  const head = `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}`
  expect((await sendRaw(server.origin, `${head}\r\n${lines}\r\n\r\n`)).status).toBe(200)
  await expectRawRefusal(
    server,
    `GET /api/v1/no HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`,
    'not_found',
  )
})
