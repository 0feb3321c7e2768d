import fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { ApiFailure } from './api-failure.ts'
import { checkHead, routableUrl } from './check-head.ts'
import { answerByOurselves, answerParserError, type HeadersFor } from './connection-errors.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { sendFailure } from './error-reply.ts'
import { lingerAfterRefusal } from './linger.ts'
import { logAnswer, logDrops } from './log.ts'
import { awaitSmallBody } from './small-body.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body itself, when its checks have passed. */
    readsBodyLate?: boolean
  }
  interface FastifyInstance {
    connectionLimits: ConnectionLimits
    /** The window of an address, for answers to nobody in particular; none where no one has windows. */
    addressHeaders(address: string): Record<string, string>
  }
}

/** A Fastify app that answers every request, however broken, with the contract's JSON. No routes yet. */
export function createApp(logger: Logger, limits: ConnectionLimits): FastifyInstance {
  const headersFor: HeadersFor = (socket) => app.addressHeaders(socket.remoteAddress ?? '')
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: (error, socket) => void answerParserError(error, socket, headersFor),
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
  app.decorate('addressHeaders', () => ({}))
  app.server.maxConnections = limits.connections
  answerByOurselves(app.server, headersFor)
  logDrops(app)
  app.setErrorHandler(sendFailure)
  refuseWhileEnding(app)
  app.addHook('onRequest', async (request, reply) => {
    checkHead(request)
    if (!request.routeOptions.config.readsBodyLate) awaitSmallBody(request, reply)
  })
  app.addHook('onSend', lingerAfterRefusal)
  app.addHook('onResponse', logAnswer)
  return app
}

/** What comes on kept connections while others end is better off with the next start. */
function refuseWhileEnding(app: FastifyInstance): void {
  let isEnding = false
  app.addHook('preClose', async () => {
    isEnding = true
  })
  // Or a client that keeps its connection keeps the server, too.
  app.addHook('onSend', async (_request, reply) => {
    if (isEnding) reply.header('connection', 'close')
  })
  app.addHook('onRequest', async () => {
    if (isEnding)
      throw new ApiFailure('unavailable', 'The server is ending. Try again in a moment.')
  })
}
