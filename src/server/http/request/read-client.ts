import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import ipaddr from 'ipaddr.js'
import { readAddress, readRange } from '#server/core/ip-range.ts'
import { isHost } from './request-target.ts'

/** Who sent a request and how he reached us; behind a trusted proxy, as the proxy tells it. */
export type Client = {
  address: string
  scheme: 'http' | 'https'
  /** As a browser has it in its address, with a port or without; null: the request names none. */
  host: string | null
  /** Whether a trusted proxy told the host. */
  isHostForwarded: boolean
}

export type ReadClient = (request: IncomingMessage) => Client

/**
 * Makes the reader of `X-Forwarded-For`, `-Proto` and `-Host`, which are believed of `trusted`
 * (addresses and CIDR ranges) and of nobody else. `Forwarded` is believed of nobody.
 */
export function createReadClient(
  trusted: string[],
): ReadClient & { isTrusted(text: string): boolean } {
  const ranges = trusted.map(readRange)
  const isTrusted = (text: string) => {
    if (ranges.length === 0 || !ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    return ranges.some(
      ([base, bits]) => address.kind() === base.kind() && address.match(base, bits),
    )
  }

  /**
   * Each proxy adds whom it saw at the end: what stands before the first stranger is his own word, and
   * so is what follows something that is no address.
   */
  function walk(peer: string, seen: string[]): { address: string; proxies: number } {
    let address = peer
    let proxies = 0
    for (const text of [...seen, peer].reverse()) {
      const next = readAddress(text)
      if (next === null) break
      address = next
      if (!isTrusted(next)) break
      proxies += 1
    }
    return { address, proxies }
  }

  function readClient({ socket, headers, headersDistinct }: IncomingMessage): Client {
    // A socket that listens on both kinds of addresses writes those of IPv4 in IPv6's way.
    const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
    const { host = null } = headers
    if (!isTrusted(peer)) return { address: peer, scheme: 'http', host, isHostForwarded: false }
    const list = (name: string) =>
      (headersDistinct[`x-forwarded-${name}`] ?? []).flatMap((line) => line.split(','))
    const { address, proxies } = walk(peer, list('for'))
    // Of several values, the one that the outermost proxy gave.
    const told = (name: string) => (list(name).at(-proxies) ?? list(name)[0] ?? '').trim()
    const forwardedHost = [told('host'), host ?? ''].find(isHost) ?? null
    return {
      address,
      scheme: told('proto').toLowerCase() === 'https' ? 'https' : 'http',
      host: forwardedHost,
      // Who speaks to us from the proxy's own machine, without it, has no such header.
      isHostForwarded: isHost(told('host')) || list('for').length > 0,
    }
  }
  return Object.assign(readClient, { isTrusted })
}

const origins = new AsyncLocalStorage<string>()

/**
 * Keeps, for the time of a request, the origin that a trusted proxy tells of it: links are made far
 * from the request. Who comes without a proxy pays nothing for it.
 */
export function keepForwardedOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { scheme, host, isHostForwarded } = app.readClient(request.raw)
    const url = isHostForwarded ? URL.parse(`${scheme}://${host}`) : null
    if (url === null) done()
    else origins.run(url.origin, done)
  })
}

/** Null where the request came without a trusted proxy, or there is none. */
export function forwardedOrigin(): string | null {
  return origins.getStore() ?? null
}
