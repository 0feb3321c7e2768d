import ipaddr from 'ipaddr.js'

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
