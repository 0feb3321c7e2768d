import { lookup } from 'node:dns/promises'
import { ForbiddenAddress, ImportFailure } from '#server/imports/tasks/import-failure.ts'
import { type AllowRule, isAllowed } from './import-allow.ts'
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
        throw new ImportFailure('Only http and https links can be imported.')
      }
      if (url.username !== '' || url.password !== '') {
        throw new ImportFailure('Links with a user name or password in them cannot be imported.')
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
