import ipaddr from 'ipaddr.js'

/** `authorization`: the header's values, as many as were sent. */
export type Refused = { address: string; authorization: string[] }

/** One household has a whole /64 of IPv6 addresses to guess from. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()
}
