import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
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
    const peer = socket.remoteAddress ?? ''
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

/** Proxies write an address bare, with a port, or in brackets; null: it is none. */
function readAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  // The parser alone would take "1" and "0x7f.1" for addresses.
  const isWritten = /^\d+\.\d+\.\d+\.\d+$/.test(bare) || bare.includes(':')
  return isWritten && ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null
}

type Range = [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number]

/** @throws Error for what is neither an address nor a range, and for a range of everybody. */
export function readRange(text: string): Range {
  if (!text.includes('/')) {
    const address = readAddress(text)
    if (address === null) throw new Error('no address')
    const parsed = ipaddr.parse(address)
    return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
  }
  const [address, bits] = ipaddr.parseCIDR(text)
  if (bits === 0) throw new Error('everybody')
  return [address, bits]
}
