import type { FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/http/api-failure.ts'
import type { LoadWebAuth } from './load-web-auth.ts'
import { isSecure } from './own-origin.ts'

/** Who is signed in with name and password in a browser. */
export type WebSession = { userId: string; username: string }

/**
 * Makes the guard of endpoints with access `session`: the cookie alone counts, never a Bearer key.
 * Throws `missing_auth` without a live session, `account_unavailable` for a banned account.
 */
export function createRequireSession(loadWebAuth: LoadWebAuth, publicUrl: string | null) {
  return async (request: FastifyRequest): Promise<WebSession> => {
    const { cookie } = request.headers
    if (cookie === undefined) throw noSession()
    const webAuth = await loadWebAuth(isSecure(request, publicUrl))
    // A refresh here would make a new cookie that nobody sends.
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
