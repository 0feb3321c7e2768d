import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { uploadBatchReply } from '#contract/uploads.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { sendRaw } from '#server/testing/test-raw-request.ts'
import { blobPaths, stagedPaths } from '#server/testing/test-store.ts'

const type = 'multipart/form-data; boundary=cut'

function head(server: TestServer, length: number, lines: string[] = []): string {
  const all = [
    `POST /api/v1/upload/batch HTTP/1.1`,
    'Host: a',
    `Authorization: Bearer ${server.key}`,
    `Content-Length: ${length}`,
    ...(lines.length > 0 ? lines : [`Content-Type: ${type}`]),
  ]
  return `${all.join('\r\n')}\r\n\r\n`
}

/** A part with these lines in its head. */
const part = (lines: string, bytes = 'bytes') => `--cut\r\n${lines}\r\n\r\n${bytes}\r\n`
const named = (name: string, bytes?: string) =>
  part(`Content-Disposition: form-data; name="f"; filename="${name}"`, bytes)

async function send(server: TestServer, body: string, lines?: string[]) {
  const bytes = Buffer.from(body, 'latin1')
  const request = Buffer.concat([Buffer.from(head(server, bytes.length, lines)), bytes])
  const reply = await sendRaw(server.origin, request, AbortSignal.timeout(60_000))
  return { status: reply.status, body: JSON.parse(Buffer.from(reply.body, 'latin1').toString()) }
}

async function listed(server: TestServer): Promise<string[]> {
  const key = await server.keyWith({})
  const page = await (await server.get('/api/v1/files', { key })).json()
  return filesReply.parse(page).files.map(({ name }) => name)
}

async function expectNothing(server: TestServer): Promise<void> {
  await vi.waitFor(async () => {
    expect([...(await blobPaths(server)), ...(await stagedPaths(server))]).toEqual([])
  }, 30_000)
  expect(await listed(server)).toEqual([])
}

test.each([
  ['of another type', ['Content-Type: application/zip'], /^Send the files as a form/],
  ['without a boundary', ['Content-Type: multipart/form-data'], /^Send the files as a form/],
  ['with an empty boundary', ['Content-Type: multipart/form-data; boundary='], /1 to 70/],
  ['in a coding', [`Content-Type: ${type}`, 'Content-Encoding: gzip'], /Content-Encoding/],
  [
    'with another boundary',
    ['Content-Type: multipart/form-data; boundary=other'],
    /closing boundary/,
  ],
])('a body %s is refused with a word, and nothing is kept', async (_how, lines, message) => {
  await using server = await startTestServer()
  const reply = await send(server, `${named('a')}--cut--\r\n`, lines)
  expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(reply.body.message).toMatch(message)
  await expectNothing(server)
})

test.each([
  ['is empty', ''],
  ['is no form', 'x'.repeat(100_000)],
  [
    'ends in a part',
    `${named('a')}--cut\r\nContent-Disposition: form-data; filename=b\r\n\r\nhalf`,
  ],
  ['ends in the head of a part', `${named('a')}--cut\r\nContent-Disposition: form-`],
  ['ends after a part', named('a')],
])('a body that %s is refused, and nothing is kept', async (_how, body) => {
  await using server = await startTestServer()
  const reply = await send(server, body)
  expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(reply.body.message).toContain('closing boundary')
  await expectNothing(server)
})

test('a form without parts is an answer without results', async () => {
  await using server = await startTestServer()
  expect(await send(server, '--cut--\r\n')).toMatchObject({ status: 200, body: { results: [] } })
})

test('parts that are no files are told so, and those beside them are kept', async () => {
  await using server = await startTestServer()
  const parts: [string, string | RegExp][] = [
    [part('Content-Disposition: form-data; name="field"'), /no filename/],
    [part('X: y'), /no Content-Disposition/],
    [part('Content-Disposition: attachment; filename=a'), /must be form-data/],
    [
      part('Content-Disposition: form-data; filename=a\r\nContent-Disposition: form-data'),
      /more than one/,
    ],
    [
      part(`Content-Disposition: form-data; filename=a\r\nContent-Transfer-Encoding: base64`),
      /as they are/,
    ],
    [
      part(`Content-Disposition: form-data; filename="a"\r\nX: ${'x'.repeat(9_000)}`),
      /more than 8192 bytes/,
    ],
    [part(`X: ${'x'.repeat(100_000)}\r\nContent-Disposition: form-data; filename="a"`), /./],
    [`--cut\r\nContent-Disposition: form-data; filename="a"\r\n`, /does not end/],
    [named('\xff\xfe'), /not valid UTF-8/],
    [part(`Content-Disposition: form-data; filename*=UTF-8''%ff`), /filename\*/],
    [named(''), /must not be empty/],
    [part('Content-Type: multipart/mixed; boundary=in'), /no Content-Disposition/],
    [named('good'), 'good'],
    [named('caf\xc3\xa9'), 'caf\u00e9'],
    [part(`Content-Disposition: form-data; filename=x; filename*=UTF-8''%E2%82%AC%22`), '\u20ac"'],
    [
      part(`Content-Disposition: form-data; filename*0*=UTF-8''na%C3%AF; filename*1="ve 100%"`),
      'na\u00efve 100%',
    ],
    [named('a %22b%22 100%'), 'a "b" 100%'],
    [part('content-disposition:form-data;FILENAME=lower'), 'lower'],
    [
      part(
        'Content-Disposition: form-data; filename="nested"\r\nContent-Type: multipart/mixed; boundary=in',
        '--in\r\n\r\nx\r\n--in--',
      ),
      'nested',
    ],
  ]
  const body = `preamble\r\n${parts.map(([text]) => text).join('')}--cut--\r\nepilogue`
  const reply = await send(server, body)
  expect(reply.status).toBe(200)
  const { results } = uploadBatchReply.parse(reply.body)
  expect(results).toHaveLength(parts.length)
  for (const [index, [, expected]] of parts.entries()) {
    const result = results[index]
    const told = result && 'file' in result ? result.file.file_name : result?.message
    if (typeof expected === 'string') expect(told).toBe(expected)
    else expect([result?.status, told]).toEqual(['error', expect.stringMatching(expected)])
  }
  expect(await listed(server)).toHaveLength(7)
})

test('a part head without end is read in little memory and refused', async () => {
  await using server = await startTestServer()
  const reply = await send(server, `--cut\r\nX: ${'x'.repeat(5_000_000)}`)
  expect(reply.body.message).toContain('closing boundary')
  await expectNothing(server)
})

test('ten thousand empty parts are refused as too many', async () => {
  await using server = await startTestServer()
  const reply = await send(server, `${part('').repeat(10_000)}--cut--`)
  expect(reply).toMatchObject({ status: 400 })
  expect(reply.body.message).toContain('at most 1000 files')
  await expectNothing(server)
})

/** A form that has sent one whole file and half of a second. */
async function startForm(server: TestServer) {
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  socket.on('error', () => {})
  const rest = `${'y'.repeat(50_000)}\r\n--cut--\r\n`
  const begun = `${named('first', 'whole')}${named('second', 'x'.repeat(3_000_000)).slice(0, -2)}`
  socket.write(head(server, begun.length + rest.length) + begun)
  await vi.waitFor(async () => expect(await stagedPaths(server)).toHaveLength(2), 30_000)
  return { socket, rest }
}

test('a connection that breaks in the middle of a form leaves none of its files', async () => {
  await using server = await startTestServer()
  const { socket } = await startForm(server)
  socket.destroy()
  await expectNothing(server)
})

test('a form whose client says nothing for 30 seconds is ended, and none of its files is kept', async () => {
  const clock = { ms: 0, now: () => Date.now(), monotonic: () => clock.ms }
  await using server = await startTestServer({ dependencies: { clock } })
  const { socket } = await startForm(server)
  // Again and again: what was still on its way when it jumped was a sign of life.
  const jumping = setInterval(() => (clock.ms += 30_001), 200)
  const [answer] = await once(socket, 'data')
  clearInterval(jumping)
  expect(String(answer)).toContain('503')
  expect(String(answer)).toContain('stood still for 30 seconds')
  socket.destroy()
  await expectNothing(server)
})

test('a form of a key that is revoked meanwhile is refused, its last bytes included', async () => {
  await using server = await startTestServer()
  await using store = await openCliStore(server.config)
  const { key } = (await (await server.get('/api/v1/me')).json()) as { key: { id: string } }
  const { socket, rest } = await startForm(server)
  await store.apiKeys.revoke(key.id, { now: Date.now() })
  socket.write(rest)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('"code":"invalid_key"')
  socket.destroy()
  await expectNothing(server)
})

test('a key without the scope is refused before the form is read', async () => {
  await using server = await startTestServer()
  const key = await server.keyWith({ scopes: ['read'] })
  const reply = await server.request('/api/v1/upload/batch', {
    ...{ method: 'POST', key, body: new FormData() },
  })
  expect(reply.status).toBe(403)
})
