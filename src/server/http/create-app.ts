import fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import type { Logger } from 'pino'
import { ApiFailure } from './api-failure.ts'
import { limitBodyTime } from './body-time.ts'
import { answerExpectations, answerParserError } from './connection-errors.ts'
import { sendFailure } from './error-reply.ts'
import { sendContinue } from './incoming-bytes.ts'
import { lingerAfterRefusal } from './linger.ts'
import { logAnswer } from './log.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body itself, when its checks have passed. */
    readsBodyLate?: boolean
  }
}

const headersTimeoutMs = 20_000
/** A connection on which nothing moves either way. */
const idleConnectionMs = 300_000

/** A Fastify app that answers every request, however broken, with the contract's JSON. No routes yet. */
export function createApp(logger: Logger): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerParserError,
    frameworkErrors: sendFailure,
    return503OnClosing: false,
    connectionTimeout: idleConnectionMs,
    // It covers the body too: it would cut a large upload on a slow line.
    requestTimeout: 0,
    routerOptions: { maxParamLength: 2048 },
    // Node answers a missing Host by itself, with an empty body.
    http: { requireHostHeader: false, headersTimeout: headersTimeoutMs },
  })
  answerExpectations(app.server)
  app.setErrorHandler(sendFailure)
  app.addHook('onRequest', async (request, reply) => {
    checkTarget(request)
    if (request.routeOptions.config.readsBodyLate) return
    sendContinue(reply)
    limitBodyTime(request, reply)
  })
  app.addHook('onSend', lingerAfterRefusal)
  app.addHook('onResponse', logAnswer)
  return app as unknown as FastifyInstance
}

/** What two readers could take for two different requests is refused. */
function checkTarget({ raw }: FastifyRequest): void {
  const hosts = raw.headersDistinct.host ?? []
  if (hosts.length !== 1 || hosts[0] === '') {
    throw new ApiFailure('invalid_request', 'A request needs exactly one Host header.')
  }
  // "//evil/api/v1/files" is a path to us and another host to a URL parser.
  if (!raw.url?.startsWith('/') || raw.url.startsWith('//')) {
    throw new ApiFailure('invalid_request', 'The request target must be a path.')
  }
}
