import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '#server/core/config.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { checkHead } from '#server/http/connections/check-head.ts'
import {
  answerParserError,
  type HeadersFor,
  overrideNodeDefaults,
} from '#server/http/connections/connection-errors.ts'
import type { ConnectionLimits } from '#server/http/connections/connection-limits.ts'
import { shareConnections } from '#server/http/connections/connection-share.ts'
import { endConnections } from '#server/http/connections/end-connections.ts'
import type { ParserError } from '#server/http/connections/explain-parser-error.ts'
import { lingeringCloseAfterRefusal } from '#server/http/connections/lingering-close.ts'
import type { Refused } from '#server/http/limits/rate-limiter.ts'
import { notFound, sendFailure } from '#server/http/request/error-reply.ts'
import { logDrops, logWhenOver } from '#server/http/request/log.ts'
import { createReadClient } from '#server/http/request/read-client.ts'
import { isProgramPath, routableUrl } from '#server/http/request/request-target.ts'
import { awaitSmallBody } from '#server/http/route/request-fields.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body itself, when its checks have passed. */
    readsBodyLate?: boolean
  }
  interface FastifyInstance {
    connectionLimits: ConnectionLimits
    readClient: ReturnType<typeof createReadClient>
    /** `HOST`: a name that it holds is this server's. */
    listenHost: string
    /** The window of whoever is refused outside a route; none where no one has windows. */
    windowHeaders(who: Refused): Promise<Record<string, string>>
  }
}

/** A Fastify app that answers every request, however broken, with the contract's JSON. No routes yet. */
export function createApp(
  logger: Logger,
  limits: ConnectionLimits,
  { host, trustProxy }: Pick<Config, 'host' | 'trustProxy'>,
): FastifyInstance {
  const headersFor: HeadersFor = (socket, authorization) =>
    app.windowHeaders({ address: socket.remoteAddress ?? '', authorization })
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request costs more than most requests log; a route with a level of its own needs it.
    childLoggerFactory: (log, bindings, options) =>
      options.level === undefined ? log : log.child(bindings, options),
    clientErrorHandler: (error, socket) =>
      void answerParserError(error as unknown as ParserError, socket, headersFor),
    frameworkErrors: sendFailure,
    rewriteUrl: routableUrl,
    return503OnClosing: false,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keptMs,
    // It covers the body too: it would cut a large upload on a slow line.
    requestTimeout: 0,
    // Never in the way: whole heads are at most 16 KiB.
    routerOptions: { maxParamLength: 16 * 1024 },
    http: {
      // Node answers a missing Host by itself, with an empty body.
      requireHostHeader: false,
      headersTimeout: limits.headMs,
      connectionsCheckingInterval: limits.lookEveryMs,
    },
  }) as unknown as FastifyInstance
  app.decorate('connectionLimits', limits)
  app.decorate('readClient', createReadClient(trustProxy))
  app.decorate('listenHost', host)
  app.decorate('windowHeaders', async () => ({}))
  app.server.maxConnections = limits.connections
  const { isTrusted } = app.readClient
  shareConnections(app.server, { share: limits.connectionsPerAddress, isTrusted })
  // Allow half-open sockets: a client may send FIN and still expect the response. Node would hang up.
  Object.assign(app.server, { httpAllowHalfOpen: true })
  overrideNodeDefaults(app.server, headersFor)
  logDrops(app)
  app.setErrorHandler(sendFailure)
  readStrictJson(app)
  app.addHook('onRequest', logWhenOver)
  app.addHook('onSend', forbidStoring)
  return app
}

/**
 * Checks for every request. Added after the security headers, so that refusals carry them too. Returns what
 * begins to drain the connections.
 */
export function addFirstChecks(app: FastifyInstance): () => void {
  const drain = endConnections(app)
  // Decides last whether the connection is kept alive.
  app.addHook('onSend', lingeringCloseAfterRefusal)
  app.addHook('onRequest', async (request, reply) => {
    checkHead(request)
    if (request.is404 && !mayBePage(request)) throw notFound(request, reply)
    if (!request.routeOptions.config.readsBodyLate) awaitSmallBody(request, reply)
  })
  return drain
}

/**
 * In one go and at the cheapest level: that of 1,000 files takes half a millisecond, and streaming it
 * through other threads more of every core. What is large and seldom changes is a `SerializedReply`.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    threshold: 1024,
    syncThreshold: 1024 * 1024,
    encodings: ['zstd', 'br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } },
    zlibOptions: { level: 1 },
    // It would consume the body of an upload before the route does: raw bytes are stored as they come.
    globalDecompression: false,
  })
}

/** Whether the app may have a page there. */
function mayBePage({ method, originalUrl }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && !isProgramPath(originalUrl)
}

/** Keys, listings and refusals are private and soon outdated: no cache may store them. */
function forbidStoring(
  request: FastifyRequest,
  reply: FastifyReply,
  _payload: unknown,
  done: () => void,
): void {
  const isOfTheMoment = reply.statusCode >= 400 || isProgramPath(request.originalUrl)
  if (isOfTheMoment && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  done()
}

/** A lenient decoder would put U+FFFD for invalid bytes, and store that as a name. */
function readStrictJson(app: FastifyInstance): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string
    try {
      text = utf8.decode(body as Buffer)
    } catch {
      done(new ApiFailure('invalid_request', 'The body is not valid UTF-8.'))
      return
    }
    void parseJson(request, text, done)
  })
}
