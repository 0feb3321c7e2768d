import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import { ConfigError } from '#server/core/config.ts'
import { ForbiddenAddress, ImportFailure } from '#server/imports/tasks/import-failure.ts'
import { type IpAddress, isOwnAddress, isPublicAddress, parseIpAddress } from './own-networks.ts'

export type ResolvedAddress = { address: string; family: number }
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>

export type AddressGuard = {
  /**
   * What can be said of a URL before anything is resolved: http or https, no user and password, and
   * no literal address that is forbidden.
   * @throws ImportFailure with the reason for people
   */
  checkUrl(url: URL): void
  /**
   * The addresses that a connection to `hostname` may use, now. Call it when connecting and connect
   * to what it returns: a name can mean another address a moment later.
   * @throws ForbiddenAddress when there is none, or the resolver's own error
   */
  resolve(hostname: string, port: number): Promise<ResolvedAddress[]>
}

export const resolveByDns: Resolve = (hostname) =>
  lookup(hostname, { all: true, order: 'verbatim' })

/** The one judge of where imports may connect. Tests replace what the network says. */
export function createAddressGuard(
  rules: readonly AllowRule[],
  resolve: Resolve = resolveByDns,
  isOwn: (address: IpAddress) => boolean = (address) => isOwnAddress(address),
): AddressGuard {
  const mayReach = (hostname: string, text: string, port: number): boolean => {
    const address = parseIpAddress(text)
    if (address === null) return false
    const isOutside = isPublicAddress(address) && !isOwn(address)
    return isOutside || isAllowed(rules, { hostname, address, port })
  }
  return {
    checkUrl(url) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        throw new ImportFailure('bad_link', 'Only http and https links can be imported.')
      }
      if (url.username !== '' || url.password !== '') {
        throw new ImportFailure(
          'bad_link',
          'Links with a user name or password in them cannot be imported.',
        )
      }
      // A literal address never passes a resolver, so it is judged here.
      const isLiteral = parseIpAddress(url.hostname) !== null
      if (isLiteral && !mayReach(url.hostname, url.hostname, portOf(url))) {
        throw new ForbiddenAddress()
      }
    },
    async resolve(hostname, port) {
      const literal = parseIpAddress(hostname)
      const found =
        literal === null
          ? await resolve(hostname)
          : [{ address: literal.toString(), family: literal.kind() === 'ipv4' ? 4 : 6 }]
      const reachable = found.filter(({ address }) => mayReach(hostname, address, port))
      if (reachable.length === 0) throw new ForbiddenAddress()
      return reachable
    },
  }
}

/** The port a URL stands for; the parser drops the default one. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

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
function isAllowed(
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
