import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorReply } from '#contract/api-error.ts'
import { isNamedHost } from './named-host.ts'

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
 * A hook for routes that a cookie opens. They are served for hosts alone that somebody named.
 * Browsers send cookies to every port of a host, SameSite or not, so whatever changes something must
 * come from our own pages: `Origin` is compared exactly.
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
