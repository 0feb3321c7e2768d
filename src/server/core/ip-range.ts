import ipaddr from 'ipaddr.js'

/** Reads an address as proxies write it: bare, with a port, or in brackets; null when it is none. */
export function readAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  // The parser alone would take "1" and "0x7f.1" for addresses.
  const isWritten = /^\d+\.\d+\.\d+\.\d+$/.test(bare) || bare.includes(':')
  return isWritten && ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null
}

export type IpRange = [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number]

/** @throws Error for what is neither an address nor a range, and for a range that covers every address */
export function readRange(text: string): IpRange {
  if (!text.includes('/')) {
    const address = readAddress(text)
    if (address === null) throw new Error('no address')
    const parsed = ipaddr.parse(address)
    return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
  }
  const [address, bits] = unmapped(ipaddr.parseCIDR(text))
  if (bits <= 0) throw new Error('everybody')
  return [address, bits]
}

/** Addresses are compared as IPv4 where they are that, so a range of them in IPv6's way would fit none. */
function unmapped([address, bits]: IpRange): IpRange {
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
  return isMapped ? [address.toIPv4Address(), bits - 96] : [address, bits]
}

/** What counts as one client: a household has a whole /64 of IPv6 addresses to guess from. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}
