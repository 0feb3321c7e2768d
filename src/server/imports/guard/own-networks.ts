import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

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

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

// Inside 2000::/3 and still not a place of its own: they carry an IPv4 address or are for documents.
const unroutable = ['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/23', '2001:db8::/32']
  .concat('3fff::/20')
  .map((range) => ipaddr.IPv6.parseCIDR(range))
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Reads a literal address as `URL.hostname`, a resolver or a socket writes it, with or without
 * brackets; IPv4-mapped IPv6 becomes IPv4. Null for a name, and for shorthand such as `127.1`, which
 * the URL parser spells out before anything here sees it.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  if (!ipaddr.IPv6.isValid(bare)) return null
  const address = ipaddr.IPv6.parse(bare)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** Whether an address is on the public internet. What is not clearly public is not. */
export function isPublicAddress(address: IpAddress): boolean {
  if (address.kind() === 'ipv6') {
    const six = address as ipaddr.IPv6
    // A zone id names an interface of this machine.
    if (six.zoneId !== undefined || !six.match(globalUnicast)) return false
    if (unroutable.some((range) => six.match(range))) return false
  }
  return address.range() === 'unicast'
}
