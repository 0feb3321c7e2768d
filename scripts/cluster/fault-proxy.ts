import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** From whom bytes come: `server` is Barkeep's. */
export type Side = 'server' | 'engine'

/** A line between servers and an engine, on which tests listen and which they cut. */
export type FaultProxy = AsyncDisposable & {
  readonly port: number
  /**
   * Calls `listener` with each piece that passes, before it does; where that says true, this piece and all
   * that follows on its connection are swallowed. Null: nobody listens.
   */
  listen(listener: ((side: Side, text: string) => boolean) | null): void
}

export async function startFaultProxy(to: { hostname: string; port: string }): Promise<FaultProxy> {
  let listener: ((side: Side, text: string) => boolean) | null = null
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const engine = connect(Number(to.port), to.hostname)
    let isCut = false
    const carry = (side: Side, from: Socket, onto: Socket) => {
      sockets.add(from)
      from.on('data', (chunk) => {
        isCut ||= listener?.(side, chunk.toString('latin1')) ?? false
        if (isCut || onto.write(chunk)) return
        from.pause()
        onto.once('drain', () => from.resume())
      })
      from.once('close', () => {
        sockets.delete(from)
        onto.destroy()
      })
      from.on('error', () => from.destroy())
    }
    carry('server', client, engine)
    carry('engine', engine, client)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    listen(next) {
      listener = next
    },
    async [Symbol.asyncDispose]() {
      const closed = once(proxy, 'close')
      proxy.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
