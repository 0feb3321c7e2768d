import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A source that answers each request with these bytes, whatever they are, and ends the connection. */
export async function startRawSource(
  answer: string | Buffer | ((socket: Socket) => void),
): Promise<{ origin: string; host: string } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (typeof answer === 'function') answer(socket)
      else socket.end(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ host, origin: `http://${host}` },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
