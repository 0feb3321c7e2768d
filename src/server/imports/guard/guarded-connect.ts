import { constants } from 'node:crypto'
import { once } from 'node:events'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AddressGuard, portOf, type ResolvedAddress } from './address-guard.ts'

/** A `lookup` for connections that knows only addresses which the guard approved a moment ago. */
function lookupOf(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
    else callback(new Error('no address'), '', 0)
  }
}

/** The host of a URL as sockets and resolvers take it: IPv6 without its brackets. */
function plainHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** A connection to where a URL leads, if the guard lets it. @throws ForbiddenAddress and system errors */
export async function guardedConnect(guard: AddressGuard, url: URL): Promise<Socket> {
  const host = plainHost(url)
  return await connectTo(url, await guard.resolve(host, portOf(url)))
}

/**
 * As `guardedConnect`, by TLS for https, and bounded: looking the name up, connecting and the TLS
 * handshake may each take `stepMs`.
 * @throws also `EAI_AGAIN` or `ETIMEDOUT` for a step that takes longer, and the signal's reason
 */
export async function connectToSource(
  guard: AddressGuard,
  url: URL,
  { signal, stepMs }: { signal: AbortSignal; stepMs: number },
): Promise<Socket> {
  const step = <Value>(code: string, work: (signal: AbortSignal) => Promise<Value>) =>
    bounded({ signal, ms: stepMs, code }, work)
  // A lookup cannot be aborted, and takes half a minute if no resolver answers.
  const addresses = await step('EAI_AGAIN', () => guard.resolve(plainHost(url), portOf(url)))
  const socket = await step('ETIMEDOUT', (stop) => connectTo(url, addresses, stop))
  if (url.protocol !== 'https:') return socket
  return await step('ETIMEDOUT', (stop) => shakeHands(url, socket, stop))
}

async function connectTo(
  url: URL,
  addresses: readonly ResolvedAddress[],
  signal?: AbortSignal,
): Promise<Socket> {
  const socket = connect({ host: plainHost(url), port: portOf(url), lookup: lookupOf(addresses) })
  return await ready(socket, 'connect', signal)
}

async function shakeHands(url: URL, socket: Socket, signal: AbortSignal): Promise<Socket> {
  const host = plainHost(url)
  const secured = connectTls({
    socket,
    // "Literal IP addresses are not permitted" as a server name; the certificate is held against `host`.
    ...(isIP(host) ? { host } : { host, servername: host }),
    ALPNProtocols: ['http/1.1'],
    // As browsers do: servers without secure renegotiation are reached; nothing is renegotiated.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  })
  return await ready(secured, 'secureConnect', signal)
}

async function ready<Made extends Socket>(
  socket: Made,
  event: string,
  signal?: AbortSignal,
): Promise<Made> {
  try {
    await once(socket, event, { signal })
    return socket
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  }
}

/** Runs one step, and ends it after `ms` with an error of that code. @throws the signal's reason */
async function bounded<Value>(
  { signal, ms, code }: { signal: AbortSignal; ms: number; code: string },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted()
  const late = Object.assign(new Error('a source that does not answer'), { code })
  const stop = new AbortController()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const end = (reason: unknown) => {
    reject(reason)
    stop.abort()
  }
  const timer = setTimeout(() => end(late), ms)
  const handleAbort = () => end(signal.reason)
  signal.addEventListener('abort', handleAbort)
  try {
    const running = work(stop.signal)
    running.catch(() => undefined)
    return await Promise.race([stopped, running])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', handleAbort)
  }
}
