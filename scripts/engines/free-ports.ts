import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports of this moment that nobody listens on; nobody else should be looking for some on loopback just now. */
export async function freePorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'listening')))
  const ports = sockets.map((socket) => {
    const address = socket.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(sockets.map((socket) => once(socket.close(), 'close')))
  return ports
}
