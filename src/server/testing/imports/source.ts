import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

export type SourceAnswer = (outgoing: ServerResponse, incoming: IncomingMessage) => void

export type TestSource = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** For BARKEEP_IMPORT_ALLOW. */
  host: string
  /** The headers of each request so far. */
  requests: IncomingMessage['headers'][]
  /** Ends it; whoever asks from now on is refused. */
  end(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A source that answers its first request by the first function, and so on; the last one stays. */
export async function startTestSource(...answers: SourceAnswer[]): Promise<TestSource> {
  const requests: TestSource['requests'] = []
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming.headers)
    const answer = answers[Math.min(requests.length, answers.length) - 1]
    answer?.(outgoing, incoming)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const end = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { origin: `http://${host}`, host, requests, end, [Symbol.asyncDispose]: end }
}

/** A source that answers each request with these bytes, whatever they are, and ends the connection. */
export async function startRawSource(
  answer: string | Buffer | ((socket: Socket) => void),
): Promise<{ origin: string; host: string } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
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
