import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiErrorCode, errorReply } from '#contract/api-error.ts'
import type { TestServer } from '#server/testing/start-test-server.ts'
import { expectRefusal, startRefusingServer } from '#server/testing/test-raw-request.ts'

const long = (length: number) => 'a'.repeat(length)

let server: TestServer
beforeAll(async () => {
  server = await startRefusingServer()
})
afterAll(() => server[Symbol.asyncDispose]())

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
    await expectRefusal(server, ['/api/v1/import', init], 'invalid_request')
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
  await expectRefusal(server, [path, init], code)
})

const encoded: [string, Uint8Array<ArrayBuffer>][] = [
  ['in UTF-16', Buffer.from('{"task_id":"file_0"}', 'utf16le')],
  ['in UTF-16 that says so', Buffer.from('\ufeff{"task_id":"file_0"}', 'utf16le')],
  ['in Latin-1', Buffer.from('{"task_id":"\u00e9"}', 'latin1')],
  ['with half a character', Buffer.from([...Buffer.from('{"task_id":"'), 0xe2, 0x82, 0x22, 0x7d])],
  ['with a surrogate alone', Buffer.from([...Buffer.from('{"task_id":"'), 0xed, 0xa0, 0x80, 0x22])],
  ['with an overlong slash', Buffer.from([...Buffer.from('{"task_id":"'), 0xc0, 0xaf, 0x22, 0x7d])],
]

test.each(encoded)('a body of JSON %s is an invalid request', async (_how, body) => {
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  await expectRefusal(server, ['/api/v1/import/cancel', init], 'invalid_request')
})

test.each([
  ["{'task_id':'file_0'}", 'The body is not valid JSON.'],
  ['', 'The body is empty.'],
])('the refusal of the body "%s" says what to send', async (body, reason) => {
  const headers = { 'content-type': 'application/json' }
  const reply = await server.request('/api/v1/import/cancel', { method: 'POST', body, headers })
  const told = errorReply.parse(await reply.json())
  expect(told.message).toBe(
    `${reason} Send one JSON object in UTF-8, with names and texts in double quotes.`,
  )
})

test.each([
  ['gzip', '{"task_id":"file_0"}'],
  ['gzip', gzipSync('{"task_id":"file_0"}')],
  ['gzip', gzipSync(Buffer.alloc(20_000_000))],
  ['br', '{"task_id":"file_0"}'],
  ['zstd, identity', '{"task_id":"file_0"}'],
])('a body with the coding %s is refused where it would be read', async (coding, body) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': coding }
  const init = { method: 'POST', body, headers }
  await expectRefusal(server, ['/api/v1/import/cancel', init], 'invalid_request')
})

test('what may be sent is read, so the refusals above are about what is wrong', async () => {
  const unknown = { task_id: 'file_0', unknown: { field: 1 } }
  const deep = `{"task_id":"file_0","x":${'['.repeat(90_000)}${']'.repeat(90_000)}}`
  for (const body of [JSON.stringify(unknown), `\ufeff${JSON.stringify(unknown)}`, deep]) {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'Identity' }
    const init = { method: 'POST', body, headers }
    await expectRefusal(server, ['/api/v1/import/cancel', init], 'not_found')
  }
})
