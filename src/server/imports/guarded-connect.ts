import type { LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import type { AddressGuard, ResolvedAddress } from './address-guard.ts'

const connectTimeoutMs = 15_000

/**
 * An undici dispatcher whose every connection goes to an address that the guard approved at that
 * moment. It follows no redirect by itself: each hop is a request of its own, judged anew.
 */
export function createGuardedAgent(guard: AddressGuard): Agent {
  return new Agent({
    connect(options, callback) {
      const hostname = options.hostname.replace(/^\[(.*)\]$/, '$1')
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80))
      guard.resolve(hostname, port).then(
        (addresses) => {
          const connect = buildConnector({
            timeout: connectTimeoutMs,
            lookup: lookupOf(addresses),
          })
          connect(options, callback)
        },
        (error: Error) => callback(error, null),
      )
    },
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
    // Kept connections would outlive the approval of their address.
    pipelining: 0,
  })
}

/** A `lookup` for `net.connect` that knows only addresses which were approved already. */
export function lookupOf(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
    else callback(new Error('no address'), '', 0)
  }
}
