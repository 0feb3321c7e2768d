import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { type IpAddress, parseIpAddress } from './public-address.ts'

/**
 * Whether an address is this machine's own, or of an IPv6 network that it stands in. There printers
 * and routers have addresses that look public, and a firewall that keeps strangers out is behind us.
 */
export function isOwnAddress(address: IpAddress, interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces)
    .flatMap((own) => own ?? [])
    .some((own) => {
      if (parseIpAddress(own.address)?.toString() === address.toString()) return true
      if (address.kind() !== 'ipv6' || own.family !== 'IPv6' || own.cidr === null) return false
      return (address as ipaddr.IPv6).match(ipaddr.IPv6.parseCIDR(own.cidr))
    })
}
