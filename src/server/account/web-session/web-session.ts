import { hostname, networkInterfaces } from 'node:os'
import type { FastifyReply, FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import type { ErrorReply } from '#contract/api-error.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { LoadWebAuth } from './load-web-auth.ts'

/** Who is signed in with name and password in a browser. */
export type WebSession = { userId: string; username: string }

/**
 * Makes the guard of endpoints with access `session`: the cookie alone counts, never a Bearer key.
 * @throws ApiFailure `missing_auth` without a live session, `account_unavailable` for a banned account
 */
export function createRequireSession(loadWebAuth: LoadWebAuth, publicUrl: string | null) {
  return async (request: FastifyRequest): Promise<WebSession> => {
    const { cookie } = request.headers
    if (cookie === undefined) throw noSession()
    const webAuth = await loadWebAuth(isSecure(request, publicUrl))
    // A refresh would make a new cookie, which this answer does not send.
    const found = await webAuth.api.getSession({
      headers: { cookie },
      query: { disableRefresh: true },
    })
    if (!found) throw noSession()
    if (found.user.banned) throw new ApiFailure('account_unavailable', 'This account is banned.')
    return { userId: found.user.id, username: found.user.username ?? '' }
  }
}

function noSession(): ApiFailure {
  return new ApiFailure('missing_auth', 'Sign in with name and password first.')
}

/** The origin under which a browser has this server: the one that was set, else the one it asked. */
export function ownOrigin({ raw, server }: FastifyRequest, publicUrl: string | null): string {
  if (publicUrl !== null) return new URL(publicUrl).origin
  const { scheme, host } = server.readClient(raw)
  return URL.parse(`${scheme}://${host}`)?.origin ?? 'null'
}

/** Whether the browser has this server by https: its cookies then never go over http. */
export function isSecure(request: FastifyRequest, publicUrl: string | null): boolean {
  return ownOrigin(request, publicUrl).startsWith('https:')
}

/**
 * Makes the hook for routes that a cookie opens. They answer only under a host that somebody has
 * named. Browsers send cookies to every port of a host, SameSite or not, so requests that change
 * something must come from our own pages: `Origin` is compared exactly.
 */
export function createOriginCheck(publicUrl: string | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (publicUrl === null && !isNamedHost(request)) {
      const { host } = request.server.readClient(request.raw)
      await refuse(
        reply,
        `Nobody has named "${host ?? ''}" as an address of this server, so signing in is off there. If it is one, set BARKEEP_PUBLIC_URL to it, such as http://${host ?? 'files.example'}, and start the server again.`,
      )
      return
    }
    if (request.method === 'GET' || request.method === 'HEAD') return
    const own = ownOrigin(request, publicUrl)
    if (request.headers.origin === own) return
    await refuse(
      reply,
      `Only pages of ${own} may do this. Is that not your address? Set BARKEEP_PUBLIC_URL, or behind a proxy BARKEEP_TRUST_PROXY.`,
    )
  }
}

async function refuse(reply: FastifyReply, message: string): Promise<void> {
  const body: ErrorReply = { status: 'error', code: 'wrong_origin', message }
  await reply.code(403).send(body)
}

/**
 * Whether the requested host is known to be this server's: the machine's own names and addresses,
 * what `HOST` says, or the word of a trusted proxy. Any other name may be a stranger's that
 * points here (DNS rebinding), and its pages would count as ours.
 */
function isNamedHost({ raw, server }: FastifyRequest): boolean {
  const { host, isHostForwarded } = server.readClient(raw)
  const url = host === null ? null : URL.parse(`http://${host}`)
  if (url === null) return false
  if (isHostForwarded) return true
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (ipaddr.isValid(name)) return isOwnAddress(ipaddr.process(name), raw.socket.localAddress)
  const own = [hostname(), server.listenHost].map((text) => text.toLowerCase())
  return /(^|\.)localhost$|\.local$/.test(name) || own.includes(name)
}

function isOwnAddress(address: ipaddr.IPv4 | ipaddr.IPv6, reached = ''): boolean {
  if (address.range() === 'loopback') return true
  const listed = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const own = [reached, ...listed.map((each) => each.address)].filter(ipaddr.isValid)
  return own.some((text) => ipaddr.process(text).toString() === address.toString())
}
