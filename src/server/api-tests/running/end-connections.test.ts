import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { connectionLimits } from '#server/http/connections/connection-limits.ts'
import { addFirstChecks, createApp } from '#server/http/create-app.ts'
import { createLogger } from '#server/http/request/log.ts'
import { closeWithin } from '#server/start/listen.ts'

/** More than the buffers of two sockets hold. */
const largeBytes = 20_000_000
// A grace so long that a test fails by its own time where the server waits for it.
const limits = { ...connectionLimits, graceMs: 600_000 }
const asked = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

async function startServer() {
  const app = createApp(createLogger({ level: 'silent', server: 'a' }), limits, {
    host: '',
    trustProxy: [],
  })
  addFirstChecks(app)
  app.get('/large', async () => Buffer.alloc(largeBytes))
  app.get('/small', async () => 'ok')
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    server: app.server,
    close: () => closeWithin(app),
    async open(): Promise<Socket> {
      const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}

test('an answer that has not left yet when the server is told to end arrives whole, and is the last', async () => {
  await using app = await startServer()
  const socket = await app.open()
  socket.write(asked('/large'))
  await once(socket, 'readable')
  const end = app.close()
  await vi.waitFor(() => expect(app.server.listening).toBe(false), 30_000)
  let bytes = 0
  for await (const chunk of socket) bytes += (chunk as Buffer).length
  expect(bytes).toBeGreaterThan(largeBytes)
  await end
})

test('connections on which nothing is asked do not keep a server that is told to end', async () => {
  await using app = await startServer()
  const sockets = await Promise.all([app.open(), app.open(), app.open(), app.open()])
  const [_silent, halfway, kept, lavish] = sockets
  halfway.write('GET /small HT')
  kept.write(asked('/small'))
  await once(kept, 'data')
  // Gets its answer before it has sent what nobody wanted.
  lavish.write('POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
  await once(lavish, 'data')
  lavish.write(`body${asked('/small')}`)
  await once(lavish, 'data')
  const closed = sockets.map((socket) => once(socket.resume(), 'close'))
  await app.close()
  await Promise.all(closed)
})
