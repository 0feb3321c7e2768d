import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export type Canary = {
  port: number
  /** Connections that arrived: what a guarded program must never cause. */
  connections(): number
  [Symbol.asyncDispose](): Promise<void>
}

/** A listener, on every address of this machine where none is named, at which nothing may arrive. */
export async function startCanary(at = { host: '::', port: 0 }): Promise<Canary> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    // An answer for whoever speaks HTTP, FTP or nothing at all, so that no client hangs.
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  server.listen(at.port, at.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
