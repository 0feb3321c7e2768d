import type { IncomingHttpHeaders } from 'node:http'
import { expect, test } from 'vitest'
import {
  ask,
  startRawUpstream,
  startTestGateway,
  startUpstream,
} from '#server/testing/test-upstream.ts'

test('cookies and the headers of one hop pass in neither direction', async () => {
  let seen: IncomingHttpHeaders = {}
  await using upstream = await startUpstream((request, response) => {
    seen = request.headers
    response.writeHead(200, {
      'set-cookie': 'a=1',
      'strict-transport-security': 'max-age=1',
      'clear-site-data': '"*"',
      nel: '{}',
      connection: 'close, x-private',
      'x-private': '1',
      'x-public': '2',
    })
    response.end()
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`, {
    headers: {
      cookie: 'barkeep.session_token=secret',
      connection: 'close, x-hop',
      'x-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic x',
      origin: 'http://127.0.0.1:4000',
      referer: 'http://127.0.0.1:4000/Films/',
      'x-kept': '3',
    },
  })

  expect(Object.keys(seen).sort()).toEqual(['connection', 'host', 'x-kept'])
  expect(answer.headers).toMatchObject({ 'x-public': '2' })
  for (const name of [
    'set-cookie',
    'strict-transport-security',
    'clear-site-data',
    'nel',
    'x-private',
  ]) {
    expect(answer.headers).not.toHaveProperty(name)
  }
})

test("an upstream's error page keeps its status, and can run no script under our address", async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<script>steal()</script>')
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`)

  expect(answer).toMatchObject({ status: 502, body: '<script>steal()</script>' })
  expect(answer.headers['content-security-policy']).toBe("default-src 'none'; sandbox")
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

test('a redirect of the upstream is handed on, not followed', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/inside' }).end()
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`)

  expect(answer.status).toBe(302)
  expect(answer.headers.location).toBe('http://127.0.0.1:9/inside')
})

test('the status text and every value of a header that comes twice are kept', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () =>
      socket.write(
        'HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nVary: a\r\nVary: b\r\nContent-Length: 0\r\n\r\n',
      ),
    )
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`)

  expect(answer).toMatchObject({ status: 429, statusText: 'Slow Down' })
  expect(answer.headers).toMatchObject({ 'retry-after': '7', vary: 'a, b' })
})

test.each([
  ['204 No Content', {}],
  ['304 Not Modified', { etag: '"x"', 'content-length': '55' }],
])('%s comes as it is, without a body, and the next answer after it', async (status, headers) => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  await using upstream = await startRawUpstream((socket) => {
    socket.on('data', () => socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`))
  })
  await using gateway = await startTestGateway(upstream.origin)

  for (const _round of ['new connection', 'kept connection']) {
    const answer = await ask(`${gateway.origin}/api/v1/me`)
    expect(`${answer.status} ${answer.statusText}${answer.body}`).toBe(status)
    expect(answer.headers).toMatchObject(headers)
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
  }
})

test('a status text that may not be sent is not handed on, nor are its words the 503’s', async () => {
  await using upstream = await startRawUpstream((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 \x01\r\nContent-Length: 0\r\n\r\n'))
  })
  await using gateway = await startTestGateway(upstream.origin)

  const answer = await ask(`${gateway.origin}/api/v1/me`)

  expect(answer).toMatchObject({ status: 503, statusText: 'Service Unavailable' })
})

test.each([
  ['max-age=5', 'max-age=5'],
  [undefined, 'no-store'],
])('an answer that the upstream sends with Cache-Control %s comes with %s', async (sent, got) => {
  await using upstream = await startUpstream((_request, response) => {
    if (sent !== undefined) response.setHeader('cache-control', sent)
    response.end('{"status":"ok"}')
  })
  await using gateway = await startTestGateway(upstream.origin)
  expect((await ask(`${gateway.origin}/api/v1/me`)).headers['cache-control']).toBe(got)
})

test('an address that the upstream gives in its own API is reached through the gateway', async () => {
  let location = ''
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(201, { location }).end()
  })
  await using gateway = await startTestGateway(upstream.origin)
  const told: Record<string, unknown> = {}
  for (const path of ['/api/v1/upload/resumable/1', '/admin', '.evil.example/api/v1/x']) {
    location = upstream.origin + path
    const { headers } = await ask(`${gateway.origin}/api/v1/upload/resumable`, { method: 'POST' })
    told[path] = headers.location === location ? 'as it was' : headers.location
  }
  location = '/api/v1/upload/resumable/2'
  const { headers } = await ask(`${gateway.origin}/api/v1/upload/resumable`, { method: 'POST' })
  expect({ ...told, relative: headers.location }).toEqual({
    '/api/v1/upload/resumable/1': '/api/v1/upload/resumable/1',
    '/admin': 'as it was',
    '.evil.example/api/v1/x': 'as it was',
    relative: '/api/v1/upload/resumable/2',
  })
})
