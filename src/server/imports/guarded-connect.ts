import { once } from 'node:events'
import { connect, type LookupFunction, type Socket } from 'node:net'
import { type AddressGuard, portOf, type ResolvedAddress } from './address-guard.ts'

/** A `lookup` for connections that knows only addresses which the guard approved a moment ago. */
export function lookupOf(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
    else callback(new Error('no address'), '', 0)
  }
}

/** The host of a URL as sockets and resolvers take it: IPv6 without its brackets. */
export function plainHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** A connection to where a URL leads, if the guard lets it. @throws ForbiddenAddress and system errors */
export async function guardedConnect(guard: AddressGuard, url: URL): Promise<Socket> {
  const host = plainHost(url)
  const addresses = await guard.resolve(host, portOf(url))
  const socket = connect({ host, port: portOf(url), lookup: lookupOf(addresses) })
  await once(socket, 'connect')
  return socket
}
