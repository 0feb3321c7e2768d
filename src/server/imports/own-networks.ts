import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { type IpAddress, parseIpAddress } from './public-address.ts'

/** What the system says of this machine's addresses. Texts are empty where it does not keep them. */
export type OwnNetworkSources = {
  interfaces: ReturnType<typeof networkInterfaces>
  /** Linux's `/proc/net/if_inet6`, `/proc/net/ipv6_route` and `/proc/net/fib_trie`. */
  addresses6: string
  routes6: string
  routes4: string
}

type Range = [IpAddress, number]

/**
 * Whether an address is this machine's own, or of an IPv6 network that it stands in. There printers
 * and routers have addresses that look public, and a firewall that keeps strangers out is behind us.
 *
 * Node lists only interfaces that run. Linux answers on the addresses of all others too, without a
 * cable or switched off, and on whole ranges that are routed to itself, so its tables count as well.
 */
export function isOwnAddress(address: IpAddress, sources = readOwnNetworks()): boolean {
  return ownRanges(sources).some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  )
}

function ownRanges(sources: OwnNetworkSources): Range[] {
  return [
    ...rangesOfInterfaces(sources.interfaces),
    ...rangesOfAddresses6(sources.addresses6),
    ...localRoutes6(sources.routes6),
    ...localRoutes4(sources.routes4),
  ]
}

function rangesOfInterfaces(interfaces: OwnNetworkSources['interfaces']): Range[] {
  return Object.values(interfaces).flatMap((own) =>
    (own ?? []).flatMap(({ address, family, cidr }): Range[] => {
      const parsed = parseIpAddress(address)
      if (parsed === null) return []
      if (family === 'IPv6' && cidr !== null) return [ipaddr.IPv6.parseCIDR(cidr)]
      return [[parsed, family === 'IPv6' ? 128 : 32]]
    }),
  )
}

/** Lines of `address interface prefix-length scope flags name`, numbers in hex. */
function rangesOfAddresses6(text: string): Range[] {
  return [...text.matchAll(/^([\da-f]{32}) [\da-f]+ ([\da-f]{2}) /gm)].map(
    ([, address = '', bits = '']) => [parseHex6(address), Number.parseInt(bits, 16)],
  )
}

// RTF_LOCAL of Linux's ipv6_route.h: what goes there arrives here.
const localFlag = 0x80000000

/** Lines of `destination prefix-length … flags interface`, numbers in hex. */
function localRoutes6(text: string): Range[] {
  return [...text.matchAll(/^([\da-f]{32}) ([\da-f]{2}) .* ([\da-f]{8}) +\S+$/gm)]
    .filter(([, , , flags = '']) => (Number.parseInt(flags, 16) & localFlag) !== 0)
    .map(([, network = '', bits = '']) => [parseHex6(network), Number.parseInt(bits, 16)])
}

/** A tree of `|-- network` lines, each followed by its routes: `/32 host LOCAL`. */
function localRoutes4(text: string): Range[] {
  const ranges: Range[] = []
  let network = ''
  for (const line of text.split('\n')) {
    network = /\|-- ([\d.]+)/.exec(line)?.[1] ?? network
    const bits = /^\s+\/(\d+) host LOCAL/.exec(line)?.[1]
    const parsed = bits === undefined ? null : parseIpAddress(network)
    if (parsed !== null) ranges.push([parsed, Number(bits)])
  }
  return ranges
}

function parseHex6(hex: string): IpAddress {
  return ipaddr.IPv6.parse((hex.match(/.{4}/g) ?? []).join(':'))
}

function readOwnNetworks(): OwnNetworkSources {
  return {
    interfaces: networkInterfaces(),
    addresses6: readTable('/proc/net/if_inet6'),
    routes6: readTable('/proc/net/ipv6_route'),
    routes4: readTable('/proc/net/fib_trie'),
  }
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Another system than Linux, or IPv6 is off.
    return ''
  }
}
