import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { connectionLimits } from '#server/http/connections/connection-limits.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

/** More than the sockets' buffers on both sides take in. */
const bodyBytes = 20_000_000
const piece = Buffer.alloc(1_000_000, 'x')

/**
 * A simple client: sends its whole body and only then looks for an answer. A connection that was
 * reset meanwhile fails it, also where an answer had come before. Resolves with the status.
 */
async function sendAllThenRead(origin: string, head: string): Promise<number> {
  const isChunked = /transfer-encoding: chunked/i.test(head)
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  const broken = once(socket, 'close')
  const send = async (bytes: string | Buffer) => {
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), broken])
  }
  await send(head)
  for (let sent = 0; sent < bodyBytes && !socket.destroyed; sent += piece.length) {
    if (isChunked) await send(`${piece.length.toString(16)}\r\n`)
    await send(piece)
    if (isChunked) await send('\r\n')
  }
  if (isChunked) await send('0\r\n\r\n')
  let text = ''
  for await (const chunk of socket) {
    text += chunk
    if (/\r\n\r\n\{.*\}$/s.test(text)) break
  }
  const [, status, body] = /^HTTP\/1\.1 (\d+) .*?\r\n\r\n(\{.*\})$/s.exec(text) ?? []
  expect(JSON.parse(body ?? text)).toMatchObject({ status: 'error' })
  return Number(status)
}

const length = `Content-Length: ${bodyBytes}`
const chunked = 'Transfer-Encoding: chunked'
const close = 'Connection: close'
const json = 'Content-Type: application/json'
const key = 'Authorization: Bearer KEY'
const nobodys = `Authorization: Bearer csb_live_${'0'.repeat(28)}`
const upload = (version = '1.1') => `POST /api/v1/upload?filename=a HTTP/${version}`

const refusals: [status: number, lines: string[]][] = [
  [401, [upload(), nobodys, length]],
  [401, [upload(), nobodys, length, close]],
  [401, [upload(), nobodys, chunked, close]],
  [401, [upload('1.0'), nobodys, length]],
  [413, [upload(), key, length, close]],
  [413, [upload(), key, chunked, close]],
  [413, [upload('1.0'), key, length]],
  [413, ['POST /api/v1/import HTTP/1.1', key, json, length, close]],
  [
    413,
    ['POST /api/auth/sign-in/username HTTP/1.1', 'Origin: http://localhost', json, length, close],
  ],
  [403, ['POST /api/keys HTTP/1.1', json, length, close]],
  [404, ['POST /api/v1/nothing HTTP/1.1', length, close]],
  // HTTP/1.0 knows bodies without a length in answers only.
  [400, [upload('1.0'), key]],
  [400, [upload(), length, chunked]],
  [400, [upload(), 'no header', length]],
  [400, [upload(), `x: ${'y'.repeat(40_000)}`, length]],
  [400, ['CONNECT a:80 HTTP/1.1']],
]

const headOf = ([first, ...rest]: string[], server: TestServer) =>
  // A host that browsers may sign in at.
  [first, 'Host: localhost', ...rest, '\r\n'].join('\r\n').replace('KEY', server.key)

const named = refusals.map(
  ([status, lines]) => [status, lines.join(', ').slice(0, 120), lines] as const,
)

test.each(named)(
  'a %i reaches who sends on as if nothing were: %s',
  async (status, _name, lines) => {
    await using server = await startTestServer({
      config: { rateLimit: 1000, uploadMaxBytes: 1_000_000 },
    })
    const clients = Array.from({ length: 3 }, () =>
      sendAllThenRead(server.origin, headOf(lines, server)),
    )
    expect(await Promise.all(clients)).toEqual(clients.map(() => status))
  },
)

test.each([length, chunked])('a 429 reaches who sends on, with %s', async (framing) => {
  await using server = await startTestServer({ config: { rateLimit: 1 } })
  await server.get('/api/v1/me')
  const head = headOf([upload(), key, framing, close], server)
  const clients = Array.from({ length: 3 }, () => sendAllThenRead(server.origin, head))
  expect(await Promise.all(clients)).toEqual(clients.map(() => 429))
})

test.each([
  ['and is asked to hang up', close],
  ['on a connection that is kept', 'Connection: keep-alive'],
])('a body that never ends is not read for ever, %s', async (_how, connection) => {
  const limits = { ...connectionLimits, lingeringCloseMs: 200 }
  await using server = await startTestServer({ dependencies: { limits } })
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname).on('error', () => {})
  // Not `once`, which a reset rejects: being cut off while bytes are on their way may look like one.
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.write(headOf([upload(), nobodys, chunked, connection], server))
  socket.resume()
  const trickle = setInterval(() => socket.write('1\r\nx\r\n'), 10)
  await closed
  clearInterval(trickle)
})
