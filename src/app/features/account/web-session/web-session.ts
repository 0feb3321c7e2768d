import * as z from 'zod/mini'
import { errorReply } from '#contract/api-error.ts'
import type { createApiKeyBody, createApiKeyReply, OwnedApiKey } from '#contract/api-keys.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'

export type Credentials = { username: string; password: string }
export type NewApiKey = z.input<typeof createApiKeyBody>
export type MadeApiKey = z.output<typeof createApiKeyReply>

/**
 * `ended`: there is no web session (any more); `gone`: what was asked for is not there (any more);
 * `refused`: the server said why in `message`.
 */
export type WebSessionFault =
  | 'ended'
  | 'wrong-password'
  | 'banned'
  | 'too-many-tries'
  | 'gone'
  | 'refused'
  | 'unreachable'

export class WebSessionError extends Error {
  readonly fault: WebSessionFault
  /** Seconds until another try is worth it; null where the server did not say. */
  readonly retryAfter: number | null

  constructor(fault: WebSessionFault, message = '', retryAfter: number | null = null) {
    super(message)
    this.name = 'WebSessionError'
    this.fault = fault
    this.retryAfter = retryAfter
  }
}

export type WebSession = ReturnType<typeof createWebSession>

const currentSession = z.nullable(z.object({ user: z.object({ username: z.string() }) }))

/**
 * Speaks to the own server as the person who signed in: by the session cookie, never by a key, so
 * nothing here passes the request gate. Every function throws `WebSessionError`.
 */
export function createWebSession(send: typeof fetch = (input, init) => fetch(input, init)) {
  async function ask(method: Endpoint['method'], path: string, body?: unknown): Promise<unknown> {
    const reply = await send(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(method === 'POST' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      }),
    }).catch(() => {
      throw new WebSessionError('unreachable')
    })
    const content: unknown = await reply.json().catch(() => undefined)
    if (!reply.ok) throw readRefusal(reply, content)
    return content
  }

  async function call<E extends Endpoint>(
    endpoint: E,
    body?: unknown,
  ): Promise<z.output<E['reply']>> {
    const parsed = endpoint.reply.safeParse(await ask(endpoint.method, endpoint.path, body))
    // Something else answers at this address: an old server, or a proxy's page.
    if (!parsed.success) throw new WebSessionError('unreachable')
    return parsed.data as z.output<E['reply']>
  }

  return {
    /** Who is signed in in this browser; null when nobody is. */
    async username(): Promise<string | null> {
      const parsed = currentSession.safeParse(await ask('GET', '/api/auth/get-session'))
      if (!parsed.success) throw new WebSessionError('unreachable')
      return parsed.data?.user.username ?? null
    },
    async signIn(credentials: Credentials): Promise<void> {
      await ask('POST', '/api/auth/sign-in/username', credentials).catch((error: unknown) => {
        // A sign-in has no session that could have ended: its 401 is about the password.
        const isRefused = error instanceof WebSessionError && error.fault === 'ended'
        throw isRefused ? new WebSessionError('wrong-password') : error
      })
    },
    async signOut(): Promise<void> {
      await ask('POST', '/api/auth/sign-out')
    },
    async listKeys(): Promise<OwnedApiKey[]> {
      return (await call(endpoints.listKeys)).keys
    },
    createKey(key: NewApiKey): Promise<MadeApiKey> {
      return call(endpoints.createKey, key)
    },
    async revokeKey(id: string): Promise<void> {
      await call(endpoints.revokeKey, { id })
    },
  }
}

function readRefusal(reply: Response, content: unknown): WebSessionError {
  const told = z.partial(errorReply).safeParse(content)
  const message = told.data?.message ?? ''
  const retryAfter = Number(reply.headers.get('retry-after'))
  // A page of a proxy's or of the network's: whatever its status, it knows nothing of this session.
  if (!isJsonObject(content)) return new WebSessionError('unreachable')
  if (reply.status === 401) return new WebSessionError('ended', message)
  if (reply.status === 429)
    return new WebSessionError('too-many-tries', message, retryAfter || null)
  if (told.data?.code === 'account_unavailable') return new WebSessionError('banned', message)
  if (told.data?.code === 'not_found') return new WebSessionError('gone', message)
  if (reply.status >= 500) return new WebSessionError('unreachable', message)
  return new WebSessionError('refused', message)
}

function isJsonObject(content: unknown): boolean {
  return typeof content === 'object' && content !== null
}
