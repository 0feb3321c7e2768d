import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { serverReply } from '#contract/account.ts'
import { errorReply } from '#contract/api-error.ts'
import { filesReply } from '#contract/files.ts'
import { resumablePath } from '#contract/resumable.ts'
import { systemClock } from '#server/core/clock.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { changeAccounts, endKey, stagedPaths } from '#server/testing/test-store.ts'
import {
  askTus,
  beginAt,
  beginTus,
  fileOf,
  offsetOf,
  sendPart,
  sha256,
  someBytes,
  startPart,
} from '#server/testing/tus-client.ts'

async function listed(server: TestServer, path = '/') {
  const reply = await server.get(`/api/v1/files?path=${encodeURIComponent(path)}`)
  return filesReply.parse(await reply.json()).files
}

async function refusalOf(reply: Response) {
  const { code } = errorReply.parse(await reply.json())
  return { status: reply.status, code }
}

test('a file comes in parts, and its last part tells of the file with the hash of the whole', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(3_000_001)
  const name = 'Kinder – 子供.mp4'
  const begun = await beginTus(server, { name, folder: '/Filme ü/', size: bytes.length })
  expect(begun.status).toBe(201)
  expect(Date.parse(begun.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now())
  const at = begun.headers.get('location') ?? ''
  expect(at).toMatch(/^\/api\/v1\/upload\/resumable\/[0-9a-f-]{36}$/)
  expect(await offsetOf(server, at)).toBe(0)

  for (const [first, last] of [
    [0, 1_000_000],
    [1_000_000, 1_000_001],
  ] as const) {
    const part = await sendPart(server, at, { offset: first, bytes: bytes.slice(first, last) })
    expect(part.status).toBe(204)
    expect(part.headers.get('upload-offset')).toBe(String(last))
    expect(part.headers.get('tus-resumable')).toBe('1.0.0')
    expect(fileOf(part)).toBe(null)
    expect(await listed(server, '/').then((files) => files.length)).toBe(0)
  }
  const end = await sendPart(server, at, { offset: 1_000_001, bytes: bytes.slice(1_000_001) })
  expect(end.status).toBe(204)
  const file = fileOf(end)
  expect(file).toMatchObject({ file_name: name, folder: '/Filme ü/', size: bytes.length })
  expect(file?.sha256).toBe(sha256(bytes))
  expect(await listed(server, '/Filme ü/')).toMatchObject([{ name, link: file?.link }])
  const stored = await (await fetch(file?.link ?? '')).bytes()
  expect(sha256(stored)).toBe(sha256(bytes))
  expect(await stagedPaths(server)).toEqual([])

  // The answer may have been lost: it is told again.
  const head = await askTus(server, 'HEAD', at)
  expect(fileOf(head)).toEqual(file)
  expect(head.headers.get('upload-length')).toBe(String(bytes.length))
})

test('a cut connection keeps what came, and the rest makes the file whole', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(4_000_000)
  const at = await beginAt(server, { name: 'a', size: bytes.length })
  const part = await startPart(server, at, {
    ...{ offset: 0, announced: bytes.length },
    bytes: bytes.subarray(0, 2_500_000),
  })
  // Whoever asks too early ends a part that brought nothing yet.
  await vi.waitFor(async () => {
    const [path = ''] = await stagedPaths(server)
    expect((await stat(path)).size).toBeGreaterThan(1_000_000)
  }, 30_000)
  await part.cut()
  const offset = await offsetOf(server, at)
  expect(offset).toBeGreaterThan(1_000_000)
  expect(offset).toBeLessThanOrEqual(2_500_000)
  const end = await sendPart(server, at, { offset, bytes: bytes.slice(offset) })
  expect(fileOf(end)?.sha256).toBe(sha256(bytes))
})

test('what a restart of the server is between goes on, and the whole is hashed all the same', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(1_000_000)
  const at = await beginAt(server, { name: 'a', size: bytes.length })
  await sendPart(server, at, { offset: 0, bytes: bytes.slice(0, 600_000) })
  await server.restart()
  expect(await offsetOf(server, at)).toBe(600_000)
  const end = await sendPart(server, at, { offset: 600_000, bytes: bytes.slice(600_000) })
  expect(fileOf(end)?.sha256).toBe(sha256(bytes))
  await server.restart()
  expect(fileOf(await askTus(server, 'HEAD', at))?.sha256).toBe(sha256(bytes))
})

test('an offset that is not how far it is, is refused, and changes nothing', async () => {
  await using server = await startTestServer()
  const at = await beginAt(server, { name: 'a', size: 10 })
  await sendPart(server, at, { offset: 0, bytes: someBytes(4) })
  for (const offset of [0, 3, 5, 10, 2 ** 40]) {
    const reply = await sendPart(server, at, { offset, bytes: someBytes(1) })
    expect(await refusalOf(reply)).toEqual(
      offset > 9 ? expect.anything() : { status: 409, code: 'conflict' },
    )
    expect(reply.headers.get('tus-resumable')).toBe('1.0.0')
  }
  for (const offset of ['-1', '4.0', ' ', 'x', '04', '9'.repeat(30)]) {
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': offset }
    const reply = await askTus(server, 'PATCH', at, { headers, body: someBytes(1) })
    expect([400, 409], offset).toContain(reply.status)
    await refusalOf(reply)
  }
  expect(await offsetOf(server, at)).toBe(4)
})

test('of a part that is refused no more is taken than was on its way, through a gateway too', async () => {
  await using server = await startTestServer()
  await using gateway = await startTestServer({ config: { upstream: server.origin } })
  const size = 300_000_000
  const at = await beginAt(server, { name: 'a', size })
  await sendPart(server, at, { offset: 0, bytes: someBytes(4) })
  const piece = someBytes(1_000_000)
  for (const { origin } of [server, gateway]) {
    const { hostname, port } = new URL(origin)
    const socket = connect(Number(port), hostname)
    // `once` would fail with the reset that is awaited.
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    // As a browser does it: all of the body first, then a look for the answer.
    socket.pause()
    socket.write(
      `PATCH ${at} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nTus-Resumable: 1.0.0\r\n` +
        `Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: ${size - 4}\r\n\r\n`,
    )
    let sent = 0
    while (sent < size - 4 && !socket.destroyed) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), closed])
      sent += piece.length
    }
    socket.destroy()
    await closed
    expect(sent).toBeLessThan(size / 3)
  }
})

test('more bytes than are left are refused, announced or not, and none of them is kept', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 1000 } })
  const at = await beginAt(server, { name: 'a', size: 10 })
  const announced = await sendPart(server, at, { offset: 0, bytes: someBytes(11) })
  expect(await refusalOf(announced)).toEqual({ status: 413, code: 'payload_too_large' })
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
  const chunked = new ReadableStream({
    start(controller) {
      controller.enqueue(someBytes(11))
      controller.close()
    },
  })
  const reply = await fetch(server.origin + at, {
    ...{ method: 'PATCH', body: chunked, duplex: 'half' },
    headers: { authorization: `Bearer ${server.key}`, 'tus-resumable': '1.0.0', ...headers },
  } as RequestInit)
  expect(await refusalOf(reply)).toEqual({ status: 413, code: 'payload_too_large' })
  expect(await offsetOf(server, at)).toBe(0)
  const large = await beginTus(server, { name: 'a', size: 1001 })
  expect(await refusalOf(large)).toEqual({ status: 413, code: 'payload_too_large' })
})

test('of two parts at once the later goes on, the first is refused, and the bytes are right', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(2_000_000)
  const at = await beginAt(server, { name: 'a', size: bytes.length })
  const first = await startPart(server, at, {
    ...{ offset: 0, announced: bytes.length },
    bytes: bytes.subarray(0, 1_000_000),
  })
  // It stands still; whoever asks now is there.
  const offset = await offsetOf(server, at)
  await vi.waitFor(() => expect(first.answered()).toMatch(/^HTTP\/1\.1 409 /), 30_000)
  const ends = await Promise.all([
    sendPart(server, at, { offset, bytes: bytes.slice(offset) }),
    sendPart(server, at, { offset, bytes: bytes.slice(offset) }),
  ])
  await first.cut()
  // One of them, or each a part: whoever is left finishes it.
  for (const { status } of ends) expect([204, 409]).toContain(status)
  const reached = await offsetOf(server, at)
  if (reached < bytes.length) {
    await sendPart(server, at, { offset: reached, bytes: bytes.slice(reached) })
  }
  const head = await askTus(server, 'HEAD', at)
  expect(fileOf(head)?.sha256).toBe(sha256(bytes))
  expect(await listed(server)).toHaveLength(1)
})

test('an upload of another account is not there, also not for one who knows its address', async () => {
  await using server = await startTestServer()
  const at = await beginAt(server, { name: 'a', size: 10 })
  const other = { origin: server.origin, key: await server.keyWith({ username: 'bob' }) }
  const told = [
    await sendPart(other, at, { offset: 0, bytes: someBytes(10) }),
    await askTus(other, 'DELETE', at),
    await sendPart(server, `${resumablePath}/none`, { offset: 0, bytes: someBytes(10) }),
    await sendPart(server, `${resumablePath}/..%2f..%2fme`, { offset: 0, bytes: someBytes(10) }),
  ]
  for (const reply of told) {
    expect(await refusalOf(reply)).toEqual({ status: 404, code: 'not_found' })
  }
  expect((await askTus(other, 'HEAD', at)).status).toBe(404)
  expect(await offsetOf(server, at)).toBe(0)
})

test('another key of the account goes on; a key without the scope may not', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(10)
  const at = await beginAt(server, { name: 'a', size: 10 })
  await sendPart(server, at, { offset: 0, bytes: bytes.slice(0, 5) })
  const reader = { origin: server.origin, key: await server.keyWith({ scopes: ['read'] }) }
  const refused = await sendPart(reader, at, { offset: 5, bytes: bytes.slice(5) })
  expect(await refusalOf(refused)).toEqual({ status: 403, code: 'insufficient_scope' })
  const second = { origin: server.origin, key: await server.keyWith({ scopes: ['upload'] }) }
  const end = await sendPart(second, at, { offset: 5, bytes: bytes.slice(5) })
  expect(fileOf(end)?.sha256).toBe(sha256(bytes))
})

test('each request takes a slot of the window, and all answers tell of it', async () => {
  await using server = await startTestServer({ config: { rateLimit: 3 } })
  const begun = await beginTus(server, { name: 'a', size: 2 })
  const at = begun.headers.get('location') ?? ''
  const part = await sendPart(server, at, { offset: 0, bytes: someBytes(1) })
  const head = await askTus(server, 'HEAD', at)
  const left = [begun, part, head].map(({ headers }) => headers.get('x-ratelimit-remaining'))
  expect(left).toEqual(['2', '1', '0'])
  const refused = await sendPart(server, at, { offset: 1, bytes: someBytes(1) })
  expect(await refusalOf(refused)).toEqual({ status: 429, code: 'rate_limited' })
})

test('names and folders obey the rules, taken names get a number, the same bytes again are one file', async () => {
  await using server = await startTestServer()
  for (const wish of [
    { name: 'a/b', size: 1 },
    { name: '..', size: 1 },
    { name: 'a', folder: '/x/../y/', size: 1 },
  ]) {
    expect(await refusalOf(await beginTus(server, wish))).toMatchObject({ code: 'invalid_request' })
  }
  for (const metadata of ['', 'path Lw==', 'filename /////w==', 'filename', 'filename %%%']) {
    const headers = { 'upload-length': '1', 'upload-metadata': metadata }
    const reply = await askTus(server, 'POST', resumablePath, { headers })
    expect(await refusalOf(reply), metadata).toMatchObject({ code: 'invalid_request' })
  }
  const whole = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const reply = await beginTus(server, { name, size: bytes.length, body: bytes })
    expect(reply.status).toBe(201)
    return fileOf(reply)
  }
  const [one, other] = [someBytes(100), someBytes(100)]
  const first = await whole('a.txt', one)
  expect(first).toMatchObject({ file_name: 'a.txt', sha256: sha256(one) })
  expect(await whole('a.txt', one)).toEqual(first)
  expect(await whole('a.txt', other)).toMatchObject({ file_name: 'a (2).txt' })
  expect(await whole('empty', new Uint8Array())).toMatchObject({ size: 0 })
  expect(await stagedPaths(server)).toEqual([])
})

test('the same Idempotency-Key begins one upload, however often it comes', async () => {
  await using server = await startTestServer()
  const headers = { 'idempotency-key': 'k1' }
  const wish = { name: 'a', size: 10, headers }
  const [one, two] = await Promise.all([beginAt(server, wish), beginAt(server, wish)])
  expect(two).toBe(one)
  await sendPart(server, one, { offset: 0, bytes: someBytes(4) })
  // A repeated one with bytes adds none.
  const again = await beginTus(server, { ...wish, body: someBytes(10) })
  expect(again.headers.get('location')).toBe(one)
  expect(again.headers.get('upload-offset')).toBe('4')
  const other = await beginTus(server, { ...wish, size: 11 })
  expect(await refusalOf(other)).toMatchObject({ code: 'invalid_request' })
  expect(await stagedPaths(server)).toHaveLength(1)
  // Who ended it, and has another mind, begins anew.
  await askTus(server, 'DELETE', one)
  const anew = await beginAt(server, wish)
  expect(anew).not.toBe(one)
  expect(await offsetOf(server, anew)).toBe(0)
})

test('an ended upload is gone with its bytes, in the middle of a part, too; a whole one is a file', async () => {
  await using server = await startTestServer()
  const at = await beginAt(server, { name: 'a', size: 1_000_000 })
  const part = await startPart(server, at, {
    ...{ offset: 0, announced: 1_000_000 },
    bytes: someBytes(500_000),
  })
  const ended = await askTus(server, 'DELETE', at)
  expect(ended.status).toBe(204)
  await vi.waitFor(() => expect(part.answered()).toMatch(/^HTTP\/1\.1 409 /), 30_000)
  await part.cut()
  expect((await askTus(server, 'HEAD', at)).status).toBe(404)
  expect((await askTus(server, 'DELETE', at)).status).toBe(404)
  expect(await stagedPaths(server)).toEqual([])

  const whole = await beginTus(server, { name: 'b', size: 3, body: someBytes(3) })
  const refused = await askTus(server, 'DELETE', whole.headers.get('location') ?? '')
  expect(await refusalOf(refused)).toEqual({ status: 409, code: 'conflict' })
  expect(await listed(server)).toHaveLength(1)
})

test('a key that is revoked, and an account that is banned, end a part; what came is kept', async () => {
  await using server = await startTestServer()
  const bytes = someBytes(1_000_000)
  for (const end of ['revoked', 'banned'] as const) {
    const key = await server.keyWith({ scopes: ['upload'] })
    const to = { origin: server.origin, key }
    const at = await beginAt(to, { name: end, size: bytes.length })
    const part = await startPart(to, at, {
      ...{ offset: 0, announced: bytes.length },
      bytes: bytes.subarray(0, 600_000),
    })
    if (end === 'revoked') await endKey(server, key, 'revoked')
    else await changeAccounts(server, { isBanned: true })
    await vi.waitFor(() => expect(part.answered()).toMatch(/^HTTP\/1\.1 40[13] /), 30_000)
    await part.cut()
    if (end === 'banned') await changeAccounts(server, { isBanned: false })
    const offset = await offsetOf(server, at)
    const rest = await sendPart(server, at, { offset, bytes: bytes.slice(offset) })
    expect(fileOf(rest)?.sha256).toBe(sha256(bytes))
  }
})

test('what has expired is not there, and its bytes are swept; a start leaves live ones alone', async () => {
  let ahead = 0
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  await using server = await startTestServer({ dependencies: { clock } })
  const old = await beginAt(server, { name: 'old', size: 10 })
  await sendPart(server, old, { offset: 0, bytes: someBytes(5) })
  ahead = 6 * 86_400_000
  const fresh = await beginAt(server, { name: 'fresh', size: 10 })
  // A byte that comes gives it another week.
  await sendPart(server, fresh, { offset: 0, bytes: someBytes(1) })
  ahead = 8 * 86_400_000
  expect((await askTus(server, 'HEAD', old)).status).toBe(404)
  const late = await sendPart(server, old, { offset: 5, bytes: someBytes(5) })
  expect(await refusalOf(late)).toEqual({ status: 404, code: 'not_found' })
  await server.restart()
  await vi.waitFor(async () => expect(await stagedPaths(server)).toHaveLength(1), 30_000)
  expect(await offsetOf(server, fresh)).toBe(1)
})

test('other versions, methods and things that the protocol has not, are refused in the form of the API', async () => {
  await using server = await startTestServer()
  const wish = { name: 'a', size: 1 }
  const version = await beginTus(server, { ...wish, headers: { 'tus-resumable': '0.2.2' } })
  expect(version.headers.get('tus-version')).toBe('1.0.0')
  expect(await refusalOf(version)).toEqual({ status: 412, code: 'invalid_request' })
  const at = await beginAt(server, wish)
  const refused = [
    await beginTus(server, { ...wish, headers: { 'upload-length': 'many' } }),
    await beginTus(server, { ...wish, headers: { 'upload-length': '-1' } }),
    await beginTus(server, { ...wish, headers: { 'upload-defer-length': '1' } }),
    await beginTus(server, { ...wish, headers: { 'upload-concat': 'partial' } }),
    await askTus(server, 'PATCH', at, { headers: { 'upload-offset': '0' }, body: 'x' }),
  ]
  for (const reply of refused) {
    expect(await refusalOf(reply)).toEqual({ status: 400, code: 'invalid_request' })
    expect(reply.headers.get('access-control-allow-origin')).toBe(null)
  }
  const get = await askTus(server, 'GET', at)
  expect(await refusalOf(get)).toEqual({ status: 404, code: 'not_found' })
})

test('a server says that it has it, and a gateway in front of it passes it on, address and all', async () => {
  await using upstream = await startTestServer()
  await using gateway = await startTestServer({ config: { upstream: upstream.origin } })
  const { additions } = serverReply.parse(await (await gateway.get('/api/server')).json())
  expect(additions).toContain('resumable')
  const to = { origin: gateway.origin, key: upstream.key }
  const bytes = someBytes(1_000_000)
  const at = await beginAt(to, { name: 'a', size: bytes.length })
  const part = await startPart(to, at, {
    ...{ offset: 0, announced: bytes.length },
    bytes: bytes.subarray(0, 400_000),
  })
  const offset = await offsetOf(to, at)
  await part.cut()
  const end = await sendPart(to, at, { offset, bytes: bytes.slice(offset) })
  expect(fileOf(end)?.sha256).toBe(sha256(bytes))
})
