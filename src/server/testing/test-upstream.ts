import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
} from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { createGateway, type GatewayOptions } from '#server/gateway/gateway.ts'

export type TestUpstream = { origin: string; port: number; [Symbol.asyncDispose](): Promise<void> }

/** An HTTP server on a free port that answers with `onRequest`. */
export async function startUpstream(onRequest: RequestListener): Promise<TestUpstream> {
  const server = createServer(onRequest)
  // Only the gateway's own go-ahead may reach the client.
  server.on('checkContinue', onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** An upstream that speaks something else than HTTP, or nothing. */
export async function startRawUpstream(onSocket: (socket: Socket) => void): Promise<TestUpstream> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

type TestGatewayOptions = Partial<GatewayOptions> & {
  /** Sees each request before it is forwarded. */
  onRequest?: (request: IncomingMessage) => void
}

/** A gateway to `upstream` on a port of its own, without the rest of the server. */
export async function startTestGateway(upstream: string, options: TestGatewayOptions = {}) {
  const { onRequest, ...rest } = options
  const gateway = createGateway({ upstream, log: () => undefined, ...rest })
  const server = await startUpstream((request, response) => {
    onRequest?.(request)
    gateway.forward(request, response)
  })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      gateway.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** One request by a connection of its own, with its whole answer. */
export async function ask(url: string, options: RequestOptions = {}, body = '') {
  const outgoing = httpRequest(url, { agent: false, ...options }).end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { statusCode: status, statusMessage: statusText, headers } = answer
  return { status, statusText, headers, body: await text(answer) }
}
