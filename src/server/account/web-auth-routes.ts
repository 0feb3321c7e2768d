import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddressHeader } from './client-address.ts'
import type { LoadWebAuth } from './load-web-auth.ts'
import { createOriginCheck, ownOrigin } from './own-origin.ts'
import type { WebAuth } from './web-auth.ts'

/** A name and a password are never longer; the default of 1 MiB would be an invitation. */
const bodyMaxBytes = 8 * 1024

/** Of all that the library could do, this alone can be reached. */
const openPaths = [
  { method: 'GET', url: '/api/auth/get-session' },
  { method: 'POST', url: '/api/auth/sign-in/username' },
  { method: 'POST', url: '/api/auth/sign-out' },
  { method: 'POST', url: '/api/auth/change-password' },
] as const

export function addWebAuthRoutes(
  app: FastifyInstance,
  { loadWebAuth, publicUrl }: { loadWebAuth: LoadWebAuth; publicUrl: string | null },
): void {
  app.register((room, _options, done) => {
    room.addHook('onRequest', createOriginCheck(publicUrl))
    for (const path of openPaths) {
      room.route({
        ...path,
        bodyLimit: bodyMaxBytes,
        handler: async (request, reply) => {
          const webAuth = await loadWebAuth()
          const answer = await webAuth.handler(toWebRequest(request, publicUrl))
          return await sendWebResponse(answer, reply)
        },
      })
    }
    done()
  })
}

function toWebRequest(request: FastifyRequest, publicUrl: string | null): Request {
  const headers = new Headers({ [clientAddressHeader]: request.ip })
  for (const name of ['cookie', 'origin', 'user-agent'] as const) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, value)
  }
  const body = request.method === 'POST' ? JSON.stringify(request.body ?? {}) : null
  if (body !== null) headers.set('content-type', 'application/json')
  return new Request(ownOrigin(request, publicUrl) + request.url, {
    method: request.method,
    headers,
    body,
  })
}

async function sendWebResponse(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  reply.code(answer.status).header('cache-control', 'no-store')
  for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie)
  const retryAfter = answer.headers.get('x-retry-after')
  if (retryAfter !== null) reply.header('retry-after', retryAfter)
  const text = await answer.text()
  const content: unknown = text === '' ? null : JSON.parse(text)
  return reply.send(answer.ok ? toReply(content) : toErrorReply(answer.status, content))
}

/**
 * Of what the library answers, only what the app shows goes out: the token belongs in the HttpOnly
 * cookie, where no script reads it, and the e-mail address is not one.
 */
function toReply(content: unknown): unknown {
  const { user, session } = (content ?? {}) as Partial<WebAuth['$Infer']['Session']>
  if (!user) return content
  return {
    user: { username: user.username, plan: user.plan },
    ...(session && { session: { expiresAt: session.expiresAt } }),
  }
}

function toErrorReply(status: number, content: unknown) {
  const { code, message } = (content ?? {}) as { code?: string; message?: string }
  return {
    status: 'error',
    code: code ?? (status === 429 ? 'rate_limited' : 'invalid_request'),
    message: message ?? 'The request was refused.',
  }
}
