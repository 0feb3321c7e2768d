import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { readPath } from './request-target.ts'

/** What must never be in a log, wherever a logged object may carry it. */
const secrets = ['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'key', 'token']

/**
 * JSON lines on standard error, so that what people are to read has standard output for itself. `server`
 * is in each: logs of several servers are read together.
 */
export function createLogger(
  { level, server }: { level: string; server: string },
  stream?: DestinationStream,
): Logger {
  const paths = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.headers["${name}"]`])
  const redact = { paths, censor: '[hidden]' }
  const hooks = { streamWrite: hideSecrets }
  return pino({ level, base: { server }, redact, hooks }, stream ?? destination(2))
}

/** The last look at a line: libraries' errors carry texts that no list of fields foresees. */
function hideSecrets(line: string): string {
  return line
    .replace(/csb_(live|guest)_[\w.-]+/g, 'csb_$1_[hidden]')
    .replace(/\/share\/((?:zip\/|g\.)?[\w-]{6})[\w-]{6,}[^"\\\s]*/g, '/share/$1…')
}

/** One line a request, also where the client went away first. Queries stay out: they hold names of files. */
export async function logWhenOver(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.raw.once('close', () => {
    request.log.info({
      reqId: request.id,
      method: request.method,
      path: loggedPath(request),
      // Without an answer: the client went away before there was one.
      status: reply.raw.headersSent ? reply.statusCode : null,
      ms: Math.round(reply.elapsedTime),
      address: request.server.readClient(request.raw).address,
    })
  })
}

/**
 * An address as its route has it. A share link is a secret: its line shows enough to tell two apart,
 * not enough to use one. Of the app's pages nothing is shown, their addresses are names of folders.
 */
function loggedPath({ is404, originalUrl, params, routeOptions }: FastifyRequest): string {
  const { url: route = '' } = routeOptions
  if (route.startsWith('/share/')) {
    const { trackingId = '' } = params as { trackingId?: string }
    return `/share/${trackingId.slice(0, 6)}…`
  }
  if (!is404 && !route.includes('*')) return route
  const path = readPath(originalUrl)
  return path.startsWith('/api/') ? path.split('/').map(shortWord).join('/') : '/…'
}

/** The name of something that is not there helps who misspelled it; a key that got here helps thieves. */
function shortWord(segment: string): string {
  return /^[\w.-]{0,20}$/.test(segment) ? segment : '…'
}

const dropsToldEveryMs = 60_000

/** Says that connections are dropped, but not for each: there are thousands when it happens. */
export function logDrops(app: FastifyInstance): void {
  let toldAt = Number.NEGATIVE_INFINITY
  app.server.on('drop', () => {
    if (performance.now() - toldAt < dropsToldEveryMs) return
    toldAt = performance.now()
    app.log.warn({ connections: app.server.maxConnections }, 'too many connections, some dropped')
  })
}
