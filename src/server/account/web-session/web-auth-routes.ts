import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isUsername } from '#contract/account.ts'
import type { ErrorReply } from '#contract/api-error.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { LoadWebAuth } from './load-web-auth.ts'
import type { AccountGuesses } from './sign-in-limits.ts'
import { clientAddress, clientAddressHeader } from './sign-in-limits.ts'
import type { WebAuth } from './web-auth.ts'
import { createOriginCheck, isSecure, ownOrigin } from './web-session.ts'

/** Names and passwords are shorter; Fastify's default of 1 MiB would invite abuse. */
const bodyMaxBytes = 8 * 1024

const signInUrl = '/api/auth/sign-in/username'
const signOutUrl = '/api/auth/sign-out'
const changePasswordUrl = '/api/auth/change-password'

/** The only endpoints of the library that are exposed. */
const openPaths = [
  { method: 'GET', url: '/api/auth/get-session' },
  { method: 'POST', url: signInUrl },
  { method: 'POST', url: signOutUrl },
  { method: 'POST', url: changePasswordUrl },
] as const

/** Signing in and out, the session, and changing the password, all answered by better-auth. */
export function addWebAuthRoutes(
  app: FastifyInstance,
  {
    loadWebAuth,
    publicUrl,
    guesses,
  }: { loadWebAuth: LoadWebAuth; publicUrl: string | null; guesses: AccountGuesses },
): void {
  async function answerOf(webAuth: WebAuth, request: FastifyRequest): Promise<Response> {
    const sent = toWebRequest(request, publicUrl)
    const username = request.routeOptions.url === signInUrl && usernameIn(request.body)
    if (!username) return await webAuth.handler(sent)
    return await guesses.guard({ username, address: clientAddress(request) }, () =>
      webAuth.handler(sent),
    )
  }

  app.register((scope, _options, done) => {
    scope.addHook('onRequest', createOriginCheck(publicUrl))
    for (const path of openPaths) {
      scope.route({
        ...path,
        exposeHeadRoute: false,
        bodyLimit: bodyMaxBytes,
        handler: async (request, reply) => {
          const webAuth = await loadWebAuth(isSecure(request, publicUrl))
          const replaced = path.url === signInUrl ? await readSession(webAuth, request) : null
          const answer = await answerOf(webAuth, request)
          if (path.url === signOutUrl) await requireSignedOut(webAuth, request)
          if (answer.ok) await endSession(webAuth, replaced?.session.token)
          return await sendWebResponse(answer, reply)
        },
      })
    }
    done()
  })
}

/** The library reports success even when the session could not be deleted from the database. */
async function requireSignedOut(webAuth: WebAuth, request: FastifyRequest): Promise<void> {
  if ((await readSession(webAuth, request)) === null) return
  throw new ApiFailure('unavailable', 'The session could not be ended. Try again later.')
}

async function readSession(webAuth: WebAuth, { headers }: FastifyRequest) {
  const { cookie } = headers
  if (cookie === undefined) return null
  return await webAuth.api.getSession({ headers: { cookie }, query: { disableRefresh: true } })
}

/** The new cookie replaces the old one in the browser, so nobody could ever sign that session out. */
async function endSession(webAuth: WebAuth, token: string | undefined): Promise<void> {
  if (token === undefined) return
  const { internalAdapter } = await webAuth.$context
  await internalAdapter.deleteSession(token)
}

function toWebRequest(request: FastifyRequest, publicUrl: string | null): Request {
  const headers = new Headers({ [clientAddressHeader]: clientAddress(request) })
  for (const name of ['cookie', 'origin', 'user-agent'] as const) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, value)
  }
  const body = request.method === 'POST' ? JSON.stringify(bodyFor(request)) : null
  if (body !== null) headers.set('content-type', 'application/json')
  return new Request(ownOrigin(request, publicUrl) + request.url, {
    method: request.method,
    headers,
    body,
  })
}

/** A password may be changed because it leaked, so all other sessions always end. */
function bodyFor({ body, routeOptions }: FastifyRequest): unknown {
  const isChange = routeOptions.url === changePasswordUrl
  return isChange && isObject(body) ? { ...body, revokeOtherSessions: true } : (body ?? {})
}

/**
 * The account meant; null for a name that no account can have, which the library refuses without
 * hashing.
 */
function usernameIn(body: unknown): string | null {
  const { username } = isObject(body) ? (body as { username?: unknown }) : {}
  // As the library reads it: "Owner" is the account "owner".
  const name = typeof username === 'string' ? username.toLowerCase() : ''
  return isUsername(name) ? name : null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function sendWebResponse(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  reply.code(answer.status)
  for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie)
  const text = await answer.text()
  const content: unknown = text === '' ? null : JSON.parse(text)
  if (!answer.ok) throw toFailure(answer, content)
  return reply.send(toReply(content))
}

/**
 * Only what the app shows leaves the server: the token belongs in the HttpOnly cookie, out of
 * reach of scripts, and the e-mail address is a placeholder.
 */
function toReply(content: unknown): unknown {
  const { user, session } = (content ?? {}) as Partial<WebAuth['$Infer']['Session']>
  if (!user) return content
  return {
    user: { username: user.username, plan: user.plan },
    ...(session && { session: { expiresAt: session.expiresAt } }),
  }
}

/** The library's refusals in the words of the contract. */
function toFailure({ status, headers }: Response, content: unknown): Error {
  const { code, message = 'The request was refused.' } = (content ?? {}) as Partial<ErrorReply>
  // 422 is a name that no account can have; answered alike, so that guessing names reveals
  // nothing.
  if (code === 'INVALID_USERNAME_OR_PASSWORD' || status === 422) {
    return new ApiFailure('missing_auth', 'Name and password do not match.')
  }
  if (code === 'BANNED_USER') return new ApiFailure('account_unavailable', message)
  if (status === 401) return new ApiFailure('missing_auth', 'Sign in with name and password first.')
  if (status === 429) {
    const retryAfter = Number(headers.get('x-retry-after') ?? 60)
    return new ApiFailure('rate_limited', message, { retryAfter })
  }
  if (status < 500) return new ApiFailure('invalid_request', message)
  // Its bugs are thrown (see web-auth.ts); a 5xx answer means that its database failed.
  const cause = new Error(message)
  return new ApiFailure('unavailable', 'Storage is briefly unavailable. Try again later.', {
    cause,
  })
}
