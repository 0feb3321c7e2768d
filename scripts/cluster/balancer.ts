import { once } from 'node:events'
import {
  Agent,
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { watchServers } from './watch-servers.ts'

/**
 * A small balancer on loopback, for trying out and testing several servers: what nginx, HAProxy or a cloud's
 * does, as far as Barkeep needs it. It asks each server at `/readyz`, passes requests on in turn without
 * holding their bodies, and sends again elsewhere only what has not begun anywhere.
 */
export type Balancer = {
  origin: string
  /** How many servers are ready. */
  readyServers(): number
  close(): Promise<void>
}

type Options = {
  /** Origins, such as http://127.0.0.1:4001. */
  servers: readonly string[]
  port?: number
  checkEveryMs?: number
}

type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  /** What was asked already. */
  tried: Set<string>
}

/** @throws Error with EADDRINUSE where the port is taken */
export async function startBalancer({
  servers,
  port = 0,
  checkEveryMs = 250,
}: Options): Promise<Balancer> {
  const watch = watchServers(servers, checkEveryMs)
  const kept = new Agent({ keepAlive: true })

  function forward(exchange: Exchange): void {
    const { request, response, tried } = exchange
    const server = watch.next(tried)
    if (server === null) {
      refuse(response, 'No server is ready. Try again in a moment.')
      return
    }
    tried.add(server)
    const mayGoTwice = isRepeatable(request)
    const outgoing = httpRequest(new URL(request.url ?? '/', server), {
      method: request.method,
      headers: headersFor(request),
      // A server may close a kept connection just as it is used, and what changes something must not go twice.
      agent: mayGoTwice ? kept : false,
    })
    let hasBegun = false
    const onGone = () => outgoing.destroy()
    response.once('close', onGone)
    outgoing.on('error', () => {
      response.off('close', onGone)
      if (response.headersSent || response.destroyed) response.destroy()
      else if (hasBegun) refuse(response, 'The server that was asked is gone. Try again.')
      else {
        if (!outgoing.reusedSocket) watch.missed(server)
        forward(exchange)
      }
    })
    outgoing.once('response', (answer) => pass(answer, exchange, outgoing))
    if (mayGoTwice) {
      outgoing.end()
      return
    }
    const send = () => {
      hasBegun = true
      request.pipe(outgoing)
    }
    outgoing.once('continue', () => {
      response.writeContinue()
      send()
    })
    if (request.headers.expect !== undefined) outgoing.flushHeaders()
    else outgoing.once('socket', (socket) => socket.once('connect', send))
  }

  const balancer = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 })
  const begin = (request: IncomingMessage, response: ServerResponse) =>
    forward({ request, response, tried: new Set() })
  balancer.on('request', begin)
  balancer.on('checkContinue', begin)
  try {
    await once(balancer.listen(port, '127.0.0.1'), 'listening')
  } catch (error) {
    watch.stop()
    throw error
  }
  return {
    origin: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`,
    readyServers: watch.ready,
    async close() {
      watch.stop()
      const closed = once(balancer, 'close')
      balancer.close()
      balancer.closeAllConnections()
      kept.destroy()
      await closed
    },
  }
}

function pass(answer: IncomingMessage, { request, response }: Exchange, out: ClientRequest): void {
  response.writeHead(answer.statusCode ?? 502, withoutHops(answer.rawHeaders).flat())
  // Half an answer must not look whole.
  answer.once('error', () => response.destroy())
  answer.pipe(response)
  // An answer that came before the body had gone: what is still to come is taken in and thrown away.
  answer.once('end', () => {
    request.unpipe(out)
    request.resume()
  })
}

function refuse(response: ServerResponse, message: string): void {
  const body = JSON.stringify({ status: 'error', code: 'unavailable', message })
  response.writeHead(503, { 'content-type': 'application/json', connection: 'close' }).end(body)
}

function isRepeatable({ method = '', headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return /^(GET|HEAD)$/.test(method) && !hasBody
}

const hops = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i

/** Pairs of a name and a value, without what is said from one end of a connection to the other only. */
function withoutHops(raw: string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 1 || hops.test(name) ? [] : [[name, raw[index + 1] ?? '']],
  )
}

/** What a client says of itself and of proxies before it is left out: the servers believe this balancer. */
function headersFor({ rawHeaders, headers, socket }: IncomingMessage): string[] {
  const passed = withoutHops(rawHeaders).filter(([name]) => !/^(x-)?forwarded/i.test(name))
  if (headers['transfer-encoding'] !== undefined) passed.push(['transfer-encoding', 'chunked'])
  passed.push(['x-forwarded-for', socket.remoteAddress ?? ''])
  passed.push(['x-forwarded-proto', 'http'], ['x-forwarded-host', headers.host ?? ''])
  return passed.flat()
}
