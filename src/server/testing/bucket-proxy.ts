import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a bucket that can be made to fail. */
export type BucketProxy = AsyncDisposable & {
  endpoint: string
  /** Refuses and cuts all connections until `mend`. */
  cut(): void
  /** Cuts each of the next `connections` after so many bytes of answers. */
  cutAfter(bytes: number, connections: number): void
  mend(): void
  /** What went to the bucket. */
  readonly sentBytes: number
  /** Is given the first line of each request as it goes by. */
  onRequest: (line: string) => void
}

/** Listens on loopback, in front of the bucket at `endpoint`. */
export async function startBucketProxy(endpoint: string): Promise<BucketProxy> {
  const to = new URL(endpoint)
  const sockets = new Set<Socket>()
  let isCut = false
  let limit = Number.POSITIVE_INFINITY
  let limited = 0
  let sentBytes = 0
  const server = createServer((client) => {
    const bucket = connect(Number(to.port), to.hostname)
    const end = () => {
      client.destroy()
      bucket.destroy()
    }
    let left = Number.POSITIVE_INFINITY
    for (const socket of [client, bucket]) {
      sockets.add(socket)
      socket.on('error', end).on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    if (isCut) return end()
    if (limited > 0) {
      limited -= 1
      left = limit
    }
    client.on('data', (chunk: Buffer) => {
      sentBytes += chunk.length
      const [, line] =
        /^([A-Z]{3,6} \S+) HTTP/.exec(chunk.subarray(0, 2_000).toString('latin1')) ?? []
      if (line) proxy.onRequest(line)
      if (!isCut) bucket.write(chunk)
    })
    bucket.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, Math.max(left, 0)), () => left <= 0 && end())
      left -= chunk.length
    })
    return undefined
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: BucketProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sentBytes() {
      return sentBytes
    },
    onRequest: () => {},
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    cutAfter(bytes, connections) {
      limit = bytes
      limited = connections
      // Those that are kept alive would not be new ones.
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      isCut = false
      limited = 0
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
