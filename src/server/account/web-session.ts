import { fromNodeHeaders } from 'better-auth/node'
import type { FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/http/api-failure.ts'
import type { WebAuth } from './web-auth.ts'

/** Who is signed in with name and password in a browser. */
export type WebSession = { userId: string; username: string }

/**
 * Makes the guard of endpoints with access `session`: the cookie alone counts, never a Bearer key.
 * Throws `missing_auth` without a live session, `account_unavailable` for a banned account.
 */
export function createRequireSession(webAuth: WebAuth) {
  return async (request: FastifyRequest): Promise<WebSession> => {
    const headers = new Headers({ cookie: fromNodeHeaders(request.headers).get('cookie') ?? '' })
    // A refresh here would make a new cookie that nobody sends.
    const found = await webAuth.api.getSession({ headers, query: { disableRefresh: true } })
    if (!found) throw new ApiFailure('missing_auth', 'Sign in with name and password first.')
    if (found.user.banned) throw new ApiFailure('account_unavailable', 'This account is banned.')
    return { userId: found.user.id, username: found.user.username ?? '' }
  }
}
