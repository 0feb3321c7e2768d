import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { uploadReply } from '#contract/uploads.ts'
import {
  type ConnectionLimits,
  connectionLimits,
} from '#server/http/connections/connection-limits.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { sendRaw, sendUntilClosed } from '#server/testing/test-raw-request.ts'

const startWith = (limits: Partial<ConnectionLimits>) =>
  startTestServer({ dependencies: { limits: { ...connectionLimits, ...limits } } })

async function openTo(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  await once(socket, 'connect')
  return socket
}

const asked = (path: string, lines = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`

test.each([
  ['sends nothing', ''],
  ['never ends its head', 'GET /api/v1/me HTTP/1.1\r\nHost: a\r\nx: y'],
  ['asks as one did in 1991', 'GET /api/v1/me\r\n'],
])('a client that %s is told so in JSON when its time is up', async (_what, request) => {
  await using server = await startWith({ headMs: 100, lookEveryMs: 20 })
  const reply = await sendRaw(server.origin, request)
  expect(reply.status).toBe(503)
  const told = errorReply.parse(JSON.parse(reply.body))
  expect(told.code).toBe('unavailable')
  expect(told.message).toContain('too long to arrive. Send it again')
  expect(reply.headers['x-ratelimit-limit']).toBe('60')
})

test.each([
  ['/api/v1/import', '60'],
  ['/api/v1/import/cancel', '60'],
  ['/api/auth/sign-in/username', undefined],
])('a body of JSON for %s that never ends is refused when its time is up', async (path, limit) => {
  await using server = await startWith({ bodyMs: 100 })
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(server.origin).host}`,
    `Origin: ${server.origin}`,
    `Authorization: Bearer ${server.key}`,
    'Content-Type: application/json',
    'Content-Length: 100\r\n\r\n{',
  ]
  const reply = await sendRaw(server.origin, lines.join('\r\n'))
  expect(reply.status).toBe(503)
  expect(errorReply.parse(JSON.parse(reply.body))).toMatchObject({ code: 'unavailable' })
  expect(reply.headers['x-ratelimit-limit']).toBe(limit)
})

test('an upload is not held to the time of small bodies', async () => {
  await using server = await startWith({ bodyMs: 50 })
  const socket = await openTo(server.origin)
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nContent-Length: 4\r\n\r\nab`,
  )
  // Came later and is over: so is the time that the upload would have had.
  const refused = await sendRaw(
    server.origin,
    `POST /api/v1/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  )
  expect(refused.status).toBe(503)
  socket.write('cd')
  const [answer] = await once(socket, 'data')
  expect(answer).toContain('200 OK')
  socket.destroy()
})

test('a download that nobody takes is given up, and its connection closed', async () => {
  await using server = await startWith({ idleMs: 1500 })
  const sent = await server.upload({ name: 'a.bin', bytes: new Uint8Array(30_000_000) })
  const { link } = uploadReply.parse(await sent.json())
  const socket = await openTo(server.origin)
  const { server: http } = server.server.app
  const [accepted] = await Promise.all([
    once(http, 'request').then(([request]) => request as IncomingMessage),
    socket.write(asked(new URL(link).pathname)),
  ])
  await once(accepted.socket, 'close')
  let length = 0
  for await (const chunk of socket) length += chunk.length
  expect(length).toBeLessThan(30_000_000)
})

test('a kept connection is closed when nothing more is asked on it', async () => {
  await using server = await startWith({ keptMs: 100 })
  expect(await sendUntilClosed(server.origin, asked('/healthz'))).toContain('200 OK')
})

test('more connections than there is room for are dropped, and cost those inside nothing', async () => {
  await using server = await startWith({ connections: 2 })
  const inside = [await openTo(server.origin), await openTo(server.origin)]
  expect(await sendUntilClosed(server.origin, asked('/healthz')).catch(() => '')).toBe('')
  for (const socket of inside) {
    socket.write(asked('/healthz'))
    const [answer] = await once(socket, 'data')
    expect(answer).toContain('200 OK')
  }
  const [left] = inside
  left?.destroy()
  await once(left as Socket, 'close')
  await expect
    .poll(() => sendRaw(server.origin, asked('/healthz')).catch(() => null))
    .not.toBeNull()
  inside[1]?.destroy()
})

test('an upload that hangs is cut off when the grace is over', async () => {
  await using server = await startWith({ graceMs: 200 })
  const socket = await openTo(server.origin)
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
  )
  await once(socket, 'data')
  const startedAt = performance.now()
  await server.server.close()
  expect(performance.now() - startedAt).toBeGreaterThan(190)
  if (!socket.closed) await once(socket, 'close')
})

test('while an upload ends nobody is let in, and the end comes when it is answered', async () => {
  // So long that the test fails by its own time where the server waits for it.
  await using server = await startWith({ graceMs: 600_000 })
  const socket = await openTo(server.origin)
  socket.write(
    `POST /api/v1/upload?filename=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
  )
  await once(socket, 'data')
  const end = server.server.close()
  const knock = () => sendRaw(server.origin, asked('/healthz')).catch(String)
  await expect.poll(knock, { timeout: 30_000 }).toContain('ECONNREFUSED')
  socket.write('abcd')
  let answers = ''
  for await (const chunk of socket) answers += chunk
  expect(answers).toMatch(/^HTTP\/1.1 200 OK/)
  await end
})

test('a download that is under way comes whole while the server ends, and keeps it no longer', async () => {
  // So long that the test fails by its own time where the server waits for it.
  await using server = await startWith({ graceMs: 600_000 })
  const bytes = new Uint8Array(20_000_000)
  const sent = await server.upload({ name: 'a.bin', bytes })
  const { link } = uploadReply.parse(await sent.json())
  const socket = await openTo(server.origin)
  socket.write(asked(new URL(link).pathname))
  await once(socket, 'readable')
  const end = server.server.close()
  await expect.poll(() => server.server.app.server.listening).toBe(false)
  let length = 0
  for await (const chunk of socket) length += chunk.length
  expect(length).toBeGreaterThan(bytes.length)
  await end
})

test('an address that holds its share of the connections is told so, and others are served', async () => {
  await using server = await startWith({ connections: 10, connectionsPerAddress: 5 })
  const held = await Promise.all(Array.from({ length: 5 }, () => openTo(server.origin)))
  // Slow heads hold a place, too.
  for (const socket of held) socket.write('GET /api/v1/me HTTP/1.1\r\n')
  const refused = await sendRaw(server.origin, asked('/healthz'))
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5'])
  expect(errorReply.parse(JSON.parse(refused.body)).code).toBe('unavailable')
  const { port } = new URL(server.origin)
  const other = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.2' })
  other.setEncoding('latin1').write(asked('/healthz'))
  const [answer] = await once(other, 'data')
  expect(answer).toContain('200 OK')
  other.destroy()
  // A place that is given up can be had again.
  const [first] = held
  await Promise.all([once(first as Socket, 'close'), first?.destroy()])
  await expect.poll(async () => (await sendRaw(server.origin, asked('/healthz'))).status).toBe(200)
  for (const socket of held) socket.destroy()
})
