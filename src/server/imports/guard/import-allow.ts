import ipaddr from 'ipaddr.js'
import { ConfigError } from '#server/core/config.ts'
import { type IpAddress, parseIpAddress } from './own-networks.ts'

/** What an owner lets imports reach although it is private. `port` null: every port. */
export type AllowRule =
  | { kind: 'name'; name: string; port: number | null }
  | { kind: 'range'; range: [IpAddress, number]; port: number | null }

/**
 * Reads the entries of BARKEEP_IMPORT_ALLOW: `nas.local`, `nas.local:8080`, `10.0.0.5`,
 * `[fd00::5]:8080`, `10.0.0.0/8`.
 * @throws ConfigError naming the entry that is none of these
 */
export function parseImportAllow(entries: readonly string[]): AllowRule[] {
  return entries.map((entry) => {
    const rule = parseRange(entry) ?? parseHost(entry)
    if (rule !== null) return rule
    throw new ConfigError(
      `BARKEEP_IMPORT_ALLOW: "${entry}" is not a host, host:port or CIDR range such as nas.local, 10.0.0.5:8080 or 10.0.0.0/8.`,
    )
  })
}

function parseRange(entry: string): AllowRule | null {
  if (!ipaddr.isValidCIDR(entry)) return null
  return { kind: 'range', range: ipaddr.parseCIDR(entry), port: null }
}

function parseHost(entry: string): AllowRule | null {
  const bareSix = ipaddr.IPv6.isValid(entry) ? `[${entry}]` : entry
  const parts = /^(\[[^\]]+\]|[^:/?#@\s]+)(?::(\d{1,5}))?$/.exec(bareSix)
  const url = URL.parse(`http://${parts?.[1] ?? ''}`)
  if (parts === null || url === null) return null
  const port = parts[2] === undefined ? null : Number(parts[2])
  if (port !== null && (port < 1 || port > 65_535)) return null
  const address = parseIpAddress(url.hostname)
  if (address === null) return { kind: 'name', name: plainName(url.hostname), port }
  return { kind: 'range', range: [address, address.kind() === 'ipv4' ? 32 : 128], port }
}

/** Whether a rule lets imports reach `address`, which `hostname` stands for, at `port`. */
export function isAllowed(
  rules: readonly AllowRule[],
  target: { hostname: string; address: IpAddress; port: number },
): boolean {
  return rules.some((rule) => {
    if (rule.port !== null && rule.port !== target.port) return false
    if (rule.kind === 'name') return rule.name === plainName(target.hostname)
    const [network, bits] = rule.range
    return network.kind() === target.address.kind() && target.address.match(network, bits)
  })
}

// `nas.local.` and `NAS.local` are the same name to every resolver.
function plainName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '')
}
