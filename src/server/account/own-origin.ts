import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorReply } from '#contract/api-error.ts'

/** The origin under which a browser has this server: the one that was set, else the one it asked. */
export function ownOrigin(request: FastifyRequest, publicUrl: string | null): string {
  return publicUrl === null ? `http://${request.headers.host}` : new URL(publicUrl).origin
}

/**
 * A hook for routes that a cookie opens. Browsers send cookies to every port of a host, SameSite
 * or not, so whatever changes something must come from our own pages: `Origin` is compared exactly.
 */
export function createOriginCheck(publicUrl: string | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    const own = ownOrigin(request, publicUrl)
    if (request.headers.origin === own) return
    const body: ErrorReply = {
      status: 'error',
      code: 'wrong_origin',
      message: `Only pages of ${own} may do this. Is that not your address? Set BARKEEP_PUBLIC_URL.`,
    }
    await reply.code(403).send(body)
  }
}
