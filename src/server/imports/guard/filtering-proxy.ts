import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ForbiddenAddress } from '#server/imports/tasks/import-failure.ts'
import type { AddressGuard } from './address-guard.ts'
import { guardedConnect } from './guarded-connect.ts'
import { awaitAnswer, responseHeadMaxBytes } from './response-head.ts'
import { tolerateResponseHead } from './tolerate-response-head.ts'

export type FilteringProxy = {
  /** With its credentials, as `http_proxy` wants it. For one task's program alone. */
  url: string
  port: number
  /** Why something could not be reached: the guard's refusal if there was one, else the last; null when all was. */
  failure(): unknown
  [Symbol.asyncDispose](): Promise<void>
}

type Deps = {
  guard: AddressGuard
  /** Bytes that came in from outside, as they come. */
  onBytes(bytes: number): void
}

// Belong to one connection, not to the request that is passed on.
const hopByHop = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection']
  .concat('te', 'trailer', 'transfer-encoding', 'upgrade')
  .concat('proxy-authenticate')

/** The reason phrase of the proxy's own answers, to tell them from the site's. */
export const proxyPhrase = 'Refused by the filtering proxy'

/**
 * An HTTP proxy on loopback that connects only where the guard lets it, for a program that cannot
 * be trusted to ask. Each connection is judged, so redirects, manifests and segments are, too.
 */
export async function startFilteringProxy(deps: Deps): Promise<FilteringProxy> {
  const secret = randomBytes(18).toString('base64url')
  const credentials = Buffer.from(`Basic ${Buffer.from(`barkeep:${secret}`).toString('base64')}`)
  const sockets = new Set<Duplex>()
  let failure: unknown = null

  const isAuthorized = (incoming: IncomingMessage) => {
    const given = Buffer.from(incoming.headers['proxy-authorization'] ?? '')
    return given.length === credentials.length && timingSafeEqual(given, credentials)
  }
  const count = (chunk: Buffer) => deps.onBytes(chunk.length)
  const track = (socket: Duplex) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const statusOf = (error: unknown) => {
    if (!(failure instanceof ForbiddenAddress)) failure = error
    return error instanceof ForbiddenAddress ? 403 : 502
  }

  const server = createServer((incoming, outgoing) => {
    if (!isAuthorized(incoming)) return reply(outgoing, 407)
    passOn(deps.guard, { incoming, outgoing, count }).catch((error: unknown) =>
      reply(outgoing, statusOf(error)),
    )
  })
  server.on('connection', track)
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    if (!isAuthorized(incoming)) return refuseTunnel(client, 407)
    openTunnel(deps.guard, incoming.url ?? '').then(
      (outside) => {
        track(outside)
        outside.on('data', count)
        outside.on('close', () => client.destroy())
        client.on('close', () => outside.destroy())
        if (client.destroyed) outside.destroy()
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        outside.write(head)
        client.pipe(outside).pipe(client)
      },
      (error: unknown) => refuseTunnel(client, statusOf(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://barkeep:${secret}@127.0.0.1:${port}`,
    port,
    failure: () => failure,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

async function openTunnel(guard: AddressGuard, authority: string): Promise<Socket> {
  // The parsed authority is what is judged and what is connected to, never the text.
  const url = URL.parse(`https://${authority}`)
  if (url === null || url.pathname !== '/') throw new ForbiddenAddress()
  guard.checkUrl(url)
  return guardedConnect(guard, url)
}

async function passOn(
  guard: AddressGuard,
  exchange: {
    incoming: IncomingMessage
    outgoing: ServerResponse
    count: (chunk: Buffer) => void
  },
): Promise<void> {
  const { incoming, outgoing, count } = exchange
  const url = URL.parse(incoming.url ?? '')
  // Other schemes, such as ftp, are refused: this proxy speaks http, and tunnels carry https.
  if (url?.protocol !== 'http:') throw new ForbiddenAddress()
  guard.checkUrl(url)
  const socket = await guardedConnect(guard, url)
  const outside = request(url, {
    method: incoming.method ?? 'GET',
    headers: { ...withoutHopByHop(incoming.headers), host: url.host, connection: 'close' },
    createConnection: () => tolerateResponseHead(socket),
    // Heads are read as leniently as in imports of files.
    insecureHTTPParser: true,
    maxHeaderSize: responseHeadMaxBytes * 2,
  })
  outgoing.on('close', () => outside.destroy())
  incoming.pipe(outside)
  const answer = await awaitAnswer(outside)
  outgoing.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers))
  answer.on('data', count)
  // The head is sent: a source that breaks now must look broken, not finished.
  await pipeline(answer, outgoing).catch(() => outgoing.destroy())
}

function withoutHopByHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)))
}

function reply(outgoing: ServerResponse, status: number): void {
  if (outgoing.headersSent) outgoing.destroy()
  else outgoing.writeHead(status, proxyPhrase, { 'content-length': 0, connection: 'close' }).end()
}

function refuseTunnel(client: Duplex, status: number): void {
  client.end(`HTTP/1.1 ${status} ${proxyPhrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}
