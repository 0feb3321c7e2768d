import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import {
  ask,
  startRawUpstream,
  startTestGateway,
  startUpstream,
} from '#server/testing/test-upstream.ts'
import { upstreamTarget } from './gateway.ts'

test('method, path, query, headers and body reach the upstream, and its answer comes back', async () => {
  let seen: { url?: string; method?: string; headers: IncomingHttpHeaders; body: string } | null =
    null
  await using upstream = await startUpstream(async (request, response) => {
    seen = {
      url: request.url,
      method: request.method,
      headers: request.headers,
      body: await text(request),
    }
    response.writeHead(201, { 'x-ratelimit-remaining': '12', 'content-type': 'application/json' })
    response.end('{"status":"ok"}')
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(
    `${gateway.origin}/api/v1/upload?filename=a%20b.txt&path=/F/`,
    { method: 'POST', headers: { authorization: 'Bearer csb_live_x', 'idempotency-key': 'k1' } },
    'hello',
  )

  expect(seen).toMatchObject({
    url: '/api/v1/upload?filename=a%20b.txt&path=/F/',
    method: 'POST',
    body: 'hello',
  })
  expect(seen).toHaveProperty('headers.authorization', 'Bearer csb_live_x')
  expect(seen).toHaveProperty('headers.idempotency-key', 'k1')
  expect(seen).toHaveProperty('headers.host', `127.0.0.1:${upstream.port}`)
  expect(answer).toMatchObject({ status: 201, body: '{"status":"ok"}' })
  expect(answer.headers['x-ratelimit-remaining']).toBe('12')
})

test('an upload streams: the upstream has the first bytes before the client sent the last', async () => {
  const firstBytes = Promise.withResolvers<string>()
  await using upstream = await startUpstream(async (request, response) => {
    request.once('data', (bytes: Buffer) => firstBytes.resolve(String(bytes)))
    await once(request, 'end')
    response.end('whole')
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, { method: 'POST', agent: false })

  outgoing.write('first')
  expect(await firstBytes.promise).toBe('first')
  outgoing.end('last')

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(await text(answer)).toBe('whole')
})

test('64 MiB arrive whole', async () => {
  await using upstream = await startUpstream(async (request, response) => {
    const hash = createHash('sha256')
    for await (const bytes of request) hash.update(bytes)
    response.end(hash.digest('hex'))
  })
  await using gateway = await startTestGateway(upstream.origin)
  const chunk = randomBytes(1024 * 1024)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, { method: 'POST', agent: false })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  const wanted = createHash('sha256')
  for (let sent = 0; sent < 64; sent += 1) {
    wanted.update(chunk)
    if (!outgoing.write(chunk)) await once(outgoing, 'drain')
  }
  outgoing.end()

  const [answer] = await answered
  expect(await text(answer)).toBe(wanted.digest('hex'))
})

test('a client that goes away mid-upload takes its upstream request with it', async () => {
  const gone = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await using upstream = await startUpstream((request) => {
    request.once('data', () => begun.resolve())
    request.once('aborted', () => gone.resolve())
    request.on('error', () => undefined)
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, { method: 'POST', agent: false })
  outgoing.on('error', () => undefined)
  outgoing.write('some')
  await begun.promise

  outgoing.destroy()

  await gone.promise
})

test('the upstream refuses by the head alone, before the client has sent a byte of its body', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{}')
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': '1000000' },
  })
  outgoing.on('error', () => undefined)
  outgoing.flushHeaders()

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]

  expect(answer.statusCode).toBe(401)
  outgoing.destroy()
})

test('the upstream is asked first where the client waits for 100 Continue', async () => {
  let bytes = 0
  await using upstream = await startUpstream((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    expect(request.headers.expect).toBe('100-continue')
    response.writeHead(413, { 'content-type': 'application/json' }).end('{}')
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { expect: '100-continue', 'content-length': '1000000' },
  })
  let isAsked = false
  outgoing.on('continue', () => {
    isAsked = true
  })
  outgoing.on('error', () => undefined)
  outgoing.flushHeaders()

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]

  expect(answer.statusCode).toBe(413)
  expect({ isAsked, bytes }).toEqual({ isAsked: false, bytes: 0 })
  outgoing.destroy()
})

test('100 Continue of the upstream lets the client send', async () => {
  await using upstream = await startUpstream(async (request, response) => {
    response.writeContinue()
    response.end(await text(request))
  })
  await using gateway = await startTestGateway(upstream.origin)
  const outgoing = httpRequest(`${gateway.origin}/api/v1/upload`, {
    method: 'POST',
    agent: false,
    headers: { expect: '100-continue', 'content-length': '5' },
  })
  outgoing.flushHeaders()

  await once(outgoing, 'continue')
  outgoing.end('bytes')

  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(await text(answer)).toBe('bytes')
})

const hostile: [string, (socket: Socket) => void][] = [
  ['closes at once', (socket) => socket.destroy()],
  ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ['answers an impossible status', (socket) => socket.end('HTTP/1.1 007 Bond\r\n\r\n')],
  ['answers half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
  ['never answers', () => undefined],
  [
    'switches protocols',
    (socket) => socket.end('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
]

test.each(hostile)('an upstream that %s is told as 503 unavailable', async (_what, onSocket) => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => onSocket(socket))
  })
  await using gateway = await startTestGateway(upstream.origin, { idleMs: 200 })

  const answer = await ask(`${gateway.origin}/api/v1/me`)

  expect(answer.status).toBe(503)
  expect(errorReply.parse(JSON.parse(answer.body)).code).toBe('unavailable')
})

test('an upstream that is down is told as 503 unavailable, also to an upload', async () => {
  const closed = await startRawUpstream(() => undefined)
  await closed[Symbol.asyncDispose]()
  await using gateway = await startTestGateway(closed.origin)

  const answer = await ask(`${gateway.origin}/api/v1/upload`, { method: 'POST' }, 'x'.repeat(1000))

  expect(answer.status).toBe(503)
  expect(errorReply.parse(JSON.parse(answer.body)).code).toBe('unavailable')
})

test('an answer that breaks off in the middle breaks off for the client too', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
  })
  await using gateway = await startTestGateway(upstream.origin)

  await expect(ask(`${gateway.origin}/api/v1/me`)).rejects.toThrow('aborted')
})

test('a kept connection that the upstream closed meanwhile costs a reading client nothing', async () => {
  let requests = 0
  await using upstream = await startRawUpstream((socket) => {
    socket.on('data', () => {
      requests += 1
      // Keeps the connection open after the first answer, and drops it on the next request.
      if (requests === 2) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  await using gateway = await startTestGateway(upstream.origin)

  expect(await ask(`${gateway.origin}/api/v1/me`)).toMatchObject({ status: 200, body: 'ok' })
  expect(await ask(`${gateway.origin}/api/v1/me`)).toMatchObject({ status: 200, body: 'ok' })
  expect(requests).toBe(3)
})

const smuggled = 'GET /api/v1/folders HTTP/1.1\r\nHost: a\r\n\r\n'

test.each([
  [
    'a chunked body',
    `Transfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
  ],
  [
    'a length that it calls its own hop’s',
    `Content-Length: ${smuggled.length}\r\nConnection: content-length\r\n\r\n${smuggled}`,
  ],
])('a GET with %s stays one request on its way', async (_what, rest) => {
  const seen: [string | undefined, string][] = []
  await using upstream = await startUpstream(async (request, response) => {
    seen.push([request.url, await text(request).catch(() => '')])
    response.end('ok')
  })
  await using gateway = await startTestGateway(upstream.origin)
  const socket = connect(gateway.port, '127.0.0.1')
  socket.write(`GET /api/v1/me HTTP/1.1\r\nHost: a\r\n${rest}`)

  await once(socket, 'data')
  await ask(`${gateway.origin}/api/v1/files`)

  expect(seen).toEqual([
    ['/api/v1/me', smuggled],
    ['/api/v1/files', ''],
  ])
  socket.destroy()
})

test.each([
  ['/api/v1/me', 'https://up.example/api/v1/me'],
  ['/api/v1/files?path=/a/../b/', 'https://up.example/api/v1/files?path=/a/../b/'],
  ['/api/v1/../admin', null],
  ['/api/v1/%2e%2E/admin', null],
  ['/api/v1/..\\admin', null],
  ['//evil.example/api/v1/me', null],
  ['/api/v1/..%2fadmin', null],
  ['/api/v1/%2e%2e%2Fadmin', null],
  ['/api/v1/..%5Cadmin', null],
  ['/api/v1/files?path=%2Fa%5C', 'https://up.example/api/v1/files?path=%2Fa%5C'],
  ['/api/v1', null],
  ['/api/v1/../../api/v1/me', 'https://up.example/api/v1/me'],
  ['http://evil.example/api/v1/me', null],
])('the address %j goes to %j', (url, target) => {
  expect(upstreamTarget(url, 'https://up.example')?.href ?? null).toBe(target)
})
