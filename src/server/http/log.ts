import type { FastifyReply, FastifyRequest } from 'fastify'
import { type DestinationStream, destination, type Logger, pino } from 'pino'

/** What must never be in a log, wherever a logged object may carry it. */
const secrets = ['authorization', 'cookie', 'set-cookie', 'password', 'secret', 'key', 'token']

/** JSON lines on standard error, so that what people are to read has standard output for itself. */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const paths = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.headers["${name}"]`])
  return pino(
    { level, base: undefined, redact: { paths, censor: '[hidden]' } },
    stream ?? destination(2),
  )
}

/** One line a request. Queries stay out: they hold names of files. */
export async function logAnswer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.log.info({
    method: request.method,
    path: loggedPath(request.url),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
    address: request.ip,
  })
}

/** A share link is a secret: its log line shows enough to tell two apart, not enough to use one. */
function loggedPath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return path.replace(/^\/share\/([^/]{0,6})[^/]*(\/.*)?$/, '/share/$1…')
}
