import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod/mini'
import { apiErrorStatus } from '#contract/api-error.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { addressGroup } from '#server/core/ip-range.ts'
import { onOverrun } from '#server/http/connections/connection-errors.ts'
import {
  type RateLimiter,
  type RateLimitState,
  rateLimitHeaders,
} from '#server/http/limits/rate-limiter.ts'
import { type IncomingBytes, incomingBytes } from '#server/http/request/incoming-bytes.ts'
import { awaitSmallBody, checkBodyKind, parseFields, parseQuery } from './request-fields.ts'
import { WrittenReply } from './serialized-reply.ts'

/** What a route needs to know of a key. */
type AnyKey = { id: string; scopes: string[] }

/** A request as far as its key is concerned. Without an address nobody looks for the key there. */
export type KeyBearer = Pick<IncomingMessage, 'headersDistinct'> & { url?: string | undefined }

/** How routes authenticate and limit requests. */
export type Gatekeeper<Key extends AnyKey, Session, Guest extends AnyKey = never> = {
  /**
   * Whose key this is, and that its account may use it; or which link a guest came by. @throws
   * ApiFailure, with `keyId` once the key is known, so that the refusal can report the key's window.
   */
  authenticate(request: KeyBearer): Promise<Key | Guest>
  isGuest(bearer: Key | Guest): bearer is Guest
  /** The web session of a request to a `session` endpoint, `Origin` checked. @throws ApiFailure `missing_auth`. */
  requireSession(request: FastifyRequest): Promise<Session>
  /** By key. */
  rateLimiter: RateLimiter
  /** By address, for keys that nobody has: guessing is limited. */
  unknownKeyLimiter: RateLimiter
}

export type RouteContext<E extends Endpoint, Key, Session> = {
  query: z.output<E['query']>
  body: E['body'] extends z.ZodMiniType
    ? z.output<E['body']>
    : E['body'] extends 'bytes' | 'form'
      ? IncomingBytes
      : null
  key: E['access'] extends 'key' ? Key : null
  session: E['access'] extends 'session' ? Session : null
  /** The window after this request took its slot; null where there is none. */
  rateLimit: E['access'] extends 'key' ? RateLimitState : null
  raw: FastifyRequest
  /** Aborted when the client goes away before it has its answer, or sent more than it said. */
  signal: AbortSignal
}

export type RouteHandler<E extends Endpoint, Key, Session> = (
  context: RouteContext<E, Key, Session>,
) => Promise<z.input<E['reply']> | WrittenReply>

export type Route<Key, Session = unknown> = <E extends Endpoint>(
  app: FastifyInstance,
  endpoint: E,
  handler: RouteHandler<E, Key, Session>,
) => void

/** What guests get of an endpoint, in place of what the account's own keys get. */
export type ForGuests<Guest, Session = unknown> = <E extends Endpoint>(
  endpoint: E,
  handler: RouteHandler<E, Guest, Session>,
) => void

export type Routing<Key, Session, Guest> = {
  route: Route<Key, Session>
  /** The only way for guests to reach anything: an endpoint that is not put here refuses them. */
  forGuests: ForGuests<Guest, Session>
}

type Admitted<Bearer, Session> = {
  key: Bearer | null
  session: Session | null
  rateLimit: RateLimitState | null
  query: unknown
}

// Of which endpoint and bearer a handler is, its map and its key say.
type AnyHandler = (context: never) => ReturnType<RouteHandler<Endpoint, unknown, unknown>>

/**
 * Makes the function that puts an endpoint of the contract on the server. Its checks run in one
 * order: key → account → scope → rate limit → parameters, all before a byte of the body is read.
 */
export function createRoute<Key extends AnyKey, Session, Guest extends AnyKey = never>(
  gatekeeper: Gatekeeper<Key, Session, Guest>,
): Routing<Key, Session, Guest> {
  const admitted = new WeakMap<FastifyRequest, Admitted<Key | Guest, Session>>()
  const guestHandlers = new Map<Endpoint, AnyHandler>()

  const route: Route<Key, Session> = (app, endpoint, handler) => {
    async function guard(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const takesGuests = guestHandlers.has(endpoint)
      const who = await admit(gatekeeper, { endpoint, request, reply, takesGuests })
      checkBodyKind(endpoint, request.raw)
      const query = parseFields(endpoint.query, parseQuery(request.raw.url ?? ''), 'query')
      admitted.set(request, { ...who, query })
      // Fastify refuses content types that it cannot read; an upload may carry any, or nonsense.
      if (endpoint.body === 'bytes') delete request.raw.headers['content-type']
      else if (endpoint.body !== 'form') awaitSmallBody(request, reply)
    }

    async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const { key, session, rateLimit, query } = admitted.get(request) as Admitted<
        Key | Guest,
        Session
      >
      const context = {
        ...{ query, key, session, rateLimit, raw: request },
        body: bodyOf(endpoint, request, reply),
        // Made for those who look: most answers are there before a client could go away.
        get signal() {
          return goneSignal(reply)
        },
      }
      const isGuest = key !== null && gatekeeper.isGuest(key)
      const chosen: AnyHandler = isGuest ? guestHandler(endpoint) : handler
      const answer = await chosen(context as never)
      if (answer instanceof WrittenReply) return answer.send(request, reply)
      return reply.send(answer)
    }

    const options = {
      method: endpoint.method,
      url: endpoint.path,
      config: { readsBodyLate: true },
      onRequest: guard,
      handler: handle,
    }
    if (endpoint.body !== 'bytes' && endpoint.body !== 'form') {
      app.route(options)
      return
    }
    // A scope of its own: here no parser may touch the body, whatever type it says it has.
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.route(options)
    })
  }

  /** @throws where none was put: a guest must never come to the handler of others */
  function guestHandler(endpoint: Endpoint): AnyHandler {
    const handler = guestHandlers.get(endpoint)
    if (handler === undefined) throw new Error(`${endpoint.path} is not for guests`)
    return handler
  }

  return {
    route,
    forGuests: (endpoint, handler) => void guestHandlers.set(endpoint, handler as AnyHandler),
  }
}

type Call = {
  endpoint: Endpoint
  request: FastifyRequest
  reply: FastifyReply
  takesGuests: boolean
}

async function admit<Key extends AnyKey, Session, Guest extends AnyKey>(
  gatekeeper: Gatekeeper<Key, Session, Guest>,
  call: Call,
): Promise<Omit<Admitted<Key | Guest, Session>, 'query'>> {
  const { endpoint, request, reply, takesGuests } = call
  if (endpoint.access === 'session') {
    const session = await gatekeeper.requireSession(request)
    return { key: null, session, rateLimit: null }
  }
  if (endpoint.access === 'open') return { key: null, session: null, rateLimit: null }
  const key = await authenticate(gatekeeper, request, reply)
  const { rateLimiter } = gatekeeper
  if (gatekeeper.isGuest(key) && !takesGuests) {
    reply.headers(rateLimitHeaders(await rateLimiter.peek(key.id)))
    throw new ApiFailure('insufficient_scope', 'Links to what is shared do not open this.')
  }
  if (endpoint.scope !== null && !key.scopes.includes(endpoint.scope)) {
    reply.headers(rateLimitHeaders(await rateLimiter.peek(key.id)))
    reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${endpoint.scope}"`)
    throw new ApiFailure(
      'insufficient_scope',
      `This API key is missing the '${endpoint.scope}' scope.`,
    )
  }
  const { isTaken, state } = await rateLimiter.take(key.id)
  reply.headers(rateLimitHeaders(state))
  if (!isTaken) throw rateLimited(state)
  return { key, session: null, rateLimit: state }
}

/** "Every response includes" the window: those that are refused before it is touched do, too. */
async function authenticate<Key extends AnyKey, Session, Guest extends AnyKey>(
  gatekeeper: Gatekeeper<Key, Session, Guest>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Key | Guest> {
  try {
    return await gatekeeper.authenticate(request.raw)
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    if (apiErrorStatus[error.code] === 401) reply.header('www-authenticate', challengeOf(error))
    const { rateLimiter, unknownKeyLimiter } = gatekeeper
    if (error.keyId !== undefined) {
      reply.headers(rateLimitHeaders(await rateLimiter.peek(error.keyId)))
    } else if (error.code === 'invalid_key') {
      const { isTaken, state } = await unknownKeyLimiter.take(
        addressGroup(request.server.readClient(request.raw).address),
      )
      reply.headers(rateLimitHeaders(state))
      if (!isTaken) throw rateLimited(state)
    }
    throw error
  }
}

/** "If the request lacks any authentication information", the challenge tells no error (RFC 6750, 3.1). */
function challengeOf({ code }: ApiFailure): string {
  return code === 'missing_auth' ? 'Bearer' : 'Bearer error="invalid_token"'
}

/** "Over the limit returns 429 … and a Retry-After header (seconds)." */
function rateLimited(state: RateLimitState): ApiFailure {
  return new ApiFailure(
    'rate_limited',
    `More than ${state.limit} requests in a minute. Try again in ${state.retryAfter} s.`,
    { retryAfter: state.retryAfter },
  )
}

const tooLong = new ApiFailure('invalid_request', 'More bytes came than Content-Length said.')

function bodyOf(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): unknown {
  if (endpoint.body === null) return null
  if (endpoint.body === 'bytes' || endpoint.body === 'form') return incomingBytes(request, reply)
  return parseFields(endpoint.body, request.body, 'body')
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  onOverrun(reply.raw, () => gone.abort(tooLong))
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished)
      gone.abort(new DOMException('The client went away.', 'AbortError'))
  })
  return gone.signal
}
