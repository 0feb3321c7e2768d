import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { type RawReply, sendRaw, sendUntilClosed } from '#server/testing/test-raw-request.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ config: { rateLimit: 1000 } })
})
afterAll(() => server[Symbol.asyncDispose]())

const wordsOf = (reply: RawReply) => errorReply.parse(JSON.parse(reply.body)).message
const head = (line: string, more = '') => `${line}\r\nHost: a\r\n${more}\r\n`
const upload = 'POST /api/v1/upload?filename=a HTTP/1.1'

test.each<[string, string, RegExp]>([
  ['a letter', head('GET /api/v1/files?path=/é/ HTTP/1.1'), /0xC3.*percent-encoded.*%C3%A9.*curl/],
  ['a space', head('GET /api/v1/files?path=/a b/ HTTP/1.1'), /a space.*path=\/a%20b\//],
  ['a tab', head('GET /api/v1/files?path=/a\tb/ HTTP/1.1'), /0x09.*a%09b/],
  ['another encoding', head('GET /?q=%E9 HTTP/1.1').replace('%E9', '\udce9'), /percent-encoded/],
  [
    'Latin-1 in the query',
    head('GET /api/v1/files?path=%E9t HTTP/1.1', 'Authorization: Bearer KEY\r\n'),
    /"%E9" .*not UTF-8/,
  ],
  ['Latin-1 in the path', head('GET /api/v1/%E9t HTTP/1.1'), /"%E9" .*not UTF-8/],
  ['a percent sign', head('GET /api/v1/100% HTTP/1.1'), /"%" .*%25/],
  ['a method', head('BREW / HTTP/1.1'), /"BREW".*GET, HEAD or POST/],
  ['a small method', head('get / HTTP/1.1'), /"get".*capital/],
  ['no HTTP', 'hello\r\n\r\n', /begins like "GET/],
  ['TLS', '\x16\x03\x01\0\x05', /plain HTTP.*http:\/\//],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /HTTP\/1\.1, not HTTP\/2/],
  ['LF', 'GET / HTTP/1.1\nHost: a\n\n', /CR LF/],
  ['one LF', 'GET / HTTP/1.1\r\nHost: a\nx: y\r\n\r\n', /CR LF/],
  ['a header', head('GET / HTTP/1.1', 'secret: \x01\r\n'), /header "secret" holds/],
  ['no colon', head('GET / HTTP/1.1', 'nonsense\r\n'), /no header: each has a name, a colon/],
  ['a size', head(upload, 'Content-Length: x\r\n'), /Content-Length must be one whole number/],
  ['two sizes', head(upload, 'Content-Length: 1\r\nContent-Length: 2\r\n'), /one Content-Length/],
  ['a coding', head(upload, 'Transfer-Encoding: x\r\n'), /only Transfer-Encoding/],
  ['a large head', head('GET / HTTP/1.1', `x: ${'a'.repeat(40_000)}\r\n`), /16 KiB.*shorten/],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', /exactly one Host/],
  ['two names', head('GET http://b/ HTTP/1.1'), /another host than the Host header/],
])('a request refused for %s is told what to send instead', async (_what, request, words) => {
  const reply = await sendRaw(server.origin, request.replace('KEY', server.key))
  expect(reply.status).toBe(400)
  expect(wordsOf(reply)).toMatch(words)
  expect(reply.body).not.toContain('\u0001')
})

test('the window of the key comes also with what the parser refuses, where the key can be read', async () => {
  await using own = await startTestServer({ config: { rateLimit: 5 } })
  await own.get('/api/v1/me')
  const target = '/api/v1/upload?filename=été.txt'
  const key = (text: string) =>
    head(`POST ${target} HTTP/1.1`, `authorization:  Bearer ${text}\r\n`)
  const told = async (text: string) =>
    (await sendRaw(own.origin, text)).headers['x-ratelimit-remaining']
  expect(await told(key(own.key))).toBe('4')
  // A guess counts wherever it is made.
  expect(await told(key(`csb_live_${'0'.repeat(28)}`))).toBe('4')
  expect(await told(head(`POST ${target} HTTP/1.1`))).toBe('4')
  const tunnel = head('CONNECT a:1 HTTP/1.1', `Authorization: Bearer ${own.key}\r\n`)
  expect(await told(tunnel)).toBe('4')
})

test('the line of curl that a refusal names sends such a name', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-curl-'))
  const path = join(folder.path, 'a.txt')
  await writeFile(path, 'hello')
  const { stdout } = await promisify(execFile)('curl', [
    ...['-s', '-H', `Authorization: Bearer ${server.key}`, '--data-binary', `@${path}`],
    ...['--url-query', 'filename=été 1.txt', `${server.origin}/api/v1/upload`],
  ])
  expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', file_name: 'été 1.txt', size: 5 })
})

test.each<[string, RequestInit, RegExp]>([
  ['a form', { body: formOf('x') }, /-F/],
  ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, /Content-Encoding/],
  ['a piece', { headers: { 'content-range': 'bytes 0-0/9' } }, /Content-Range/],
])('%s is not stored as if it were the file', async (_what, init, words) => {
  const reply = await server.upload({ name: 'never', bytes: 'x' }, init)
  expect(reply.status).toBe(400)
  expect(errorReply.parse(await reply.json()).message).toMatch(words)
  expect(JSON.stringify(await (await server.get('/api/v1/files')).json())).not.toContain('never')
})

function formOf(text: string): FormData {
  const form = new FormData()
  form.append('file', new Blob([text]), 'a.txt')
  return form
}

test('a form is refused before its body is asked for', async () => {
  const lines = [
    `Authorization: Bearer ${server.key}`,
    'Content-Type: multipart/form-data; boundary=x',
    'Expect: 100-continue',
    'Content-Length: 1000000',
  ]
  const reply = await sendRaw(server.origin, head(upload, `${lines.join('\r\n')}\r\n`))
  expect(wordsOf(reply)).toContain('--data-binary')
})

test.each(['application/x-www-form-urlencoded', 'multipart/mixed; boundary=x', 'application/json'])(
  'a body that is called %s is stored: curl and browsers name it so by themselves',
  async (type) => {
    const init = { headers: { 'content-type': type } }
    const reply = await server.upload({ name: 'kept', bytes: `a=1&b=${type}` }, init)
    expect(reply.status).toBe(200)
  },
)

test('a body of GET is not passed over in silence', async () => {
  const key = `Authorization: Bearer ${server.key}\r\n`
  const body = '{"path":"/Films/"}'
  const length = `Content-Length: ${body.length}\r\n`
  const asked = `${head('GET /api/v1/files HTTP/1.1', key + length)}${body}`
  expect(wordsOf(await sendRaw(server.origin, asked))).toMatch(/GET takes no body.*-G/)
  const empty = head('GET /api/v1/files HTTP/1.1', `${key}Content-Length: 0\r\n`)
  expect((await sendRaw(server.origin, empty)).status).toBe(200)
})

test.each<[string, Record<string, string>, RegExp]>([
  ['/api/v1/me?key=csb_live_x', {}, /must not be in the address.*Bearer csb_live_…/],
  ['/api/v1/me?access_token=csb_live_x', {}, /must not be in the address/],
  ['/api/v1/me', { authorization: 'Token csb_live_x' }, /"Token" is not known here.*Bearer/],
  ['/api/v1/me', { authorization: 'Basic Y3NiOng=' }, /"Basic" is not known here/],
  ['/api/v1/me', { authorization: 'csb_live_x' }, /"Bearer" is missing/],
  ['/api/v1/me', { authorization: 'Bearer Bearer csb_live_x' }, /twice/],
  ['/api/v1/me', { authorization: 'Bearer' }, /no key after "Bearer"/],
  ['/api/v1/me', { authorization: 'Bearer "csb_live_x"' }, /without quotes/],
  ['/api/v1/me', { 'x-api-key': 'csb_live_x' }, /another header/],
  ['/api/v1/me', {}, /needs an API key/],
])('a key in the wrong place is told where it goes: %s %j', async (path, headers, words) => {
  const reply = await server.get(path, { key: null, headers })
  expect(reply.status).toBe(401)
  const { code, message } = errorReply.parse(await reply.json())
  expect(code).toBe('missing_auth')
  expect(message).toMatch(words)
  expect(message).not.toContain('csb_live_x')
})

test('what is missing is told with the place where it goes', async () => {
  const told = async (reply: Response) => errorReply.parse(await reply.json()).message
  const noName = await server.request('/api/v1/upload', { method: 'POST', body: 'x' })
  expect(await told(noName)).toBe(
    'filename is missing: add it to the address, as in "?filename=…".',
  )
  expect(await told(await server.post('/api/v1/import', {}))).toBe(
    'url is missing: add it to the JSON body.',
  )
  const form = { method: 'POST', body: new URLSearchParams({ url: 'x' }) }
  expect(await told(await server.request('/api/v1/import', form))).toMatch(/application\/json/)
  const put = await server.request('/api/v1/upload?filename=a', { method: 'PUT', body: 'x' })
  expect(await told(put)).toMatch(/-X POST/)
})

test('HTTP/1.0 needs no Host, is never answered in chunks, and keeps a connection only when asked', async () => {
  const key = `Authorization: Bearer ${server.key}\r\n`
  const compressed = `${key}Accept-Encoding: gzip, br\r\n`
  for (const path of ['/healthz', '/api/v1/me', '/api/v1/folders', '/api/v1/openapi.json']) {
    for (const lines of ['', key, compressed, `${compressed}Connection: keep-alive\r\n`]) {
      const asked = `GET ${path} HTTP/1.0\r\n${lines}\r\n`
      const reply = await sendRaw(server.origin, asked)
      const isOpen = lines !== '' || !/me|folders/.test(path)
      expect([asked, reply.status]).toEqual([asked, isOpen ? 200 : 401])
      expect(reply.headers['transfer-encoding']).toBeUndefined()
      if (!lines.includes('keep-alive')) expect(reply.headers.connection).toBe('close')
    }
  }
  // Two answers on one connection, and an end after the second, which did not ask for more.
  const kept = 'GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'
  const all = await sendUntilClosed(server.origin, `${kept}GET /healthz HTTP/1.0\r\n\r\n`)
  expect(all.match(/200 OK/g)).toHaveLength(2)
})

test('an address with the host in it is read, as servers must, where it is the one of Host', async () => {
  const { host } = new URL(server.origin)
  const key = `Authorization: Bearer ${server.key}\r\n`
  const ask = async (line: string, lines = '') =>
    (await sendRaw(server.origin, `${line}\r\n${lines}${key}\r\n`)).status
  expect(await ask(`GET http://${host}/api/v1/me HTTP/1.1`, `Host: ${host}\r\n`)).toBe(200)
  expect(await ask('GET http://A:80/api/v1/me HTTP/1.1', 'Host: a\r\n')).toBe(200)
  expect(await ask(`GET http://${host}/api/v1/me HTTP/1.0`)).toBe(200)
  expect(await ask(`GET http://${host}?x HTTP/1.0`)).not.toBe(400)
  expect(await ask('GET http://b/api/v1/me HTTP/1.1', 'Host: a\r\n')).toBe(400)
  expect(await ask('GET http://a@b/api/v1/me HTTP/1.0')).toBe(400)
})
