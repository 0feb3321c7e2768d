import type { FastifyReply, FastifyRequest } from 'fastify'
import { apiErrorStatus, type ErrorReply } from '#contract/api-error.ts'
import { rateLimitHeader } from '#contract/rate-limit.ts'
import { ApiFailure, isStorageFailure, storageUnavailable } from '#server/core/failure.ts'
import { pathOf } from './request-target.ts'

/** Maps anything thrown to a failure of the contract; details that strangers must not see stay in `cause`. */
function toApiFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  if (isStorageFailure(error)) return storageUnavailable(error)
  const status = statusOf(error)
  if (status === 413) {
    return new ApiFailure('payload_too_large', 'The request body is too large.', { cause: error })
  }
  if (status === 415) {
    return new ApiFailure(
      'invalid_request',
      'Send the body as JSON, with the header "Content-Type: application/json" (curl calls it a form unless told so by -H).',
    )
  }
  const bodyProblem = bodyProblems[codeOf(error)]
  if (bodyProblem !== undefined) return new ApiFailure('invalid_request', bodyProblem)
  if (status !== null && status >= 400 && status < 500) {
    return new ApiFailure('invalid_request', wordsOf(error), { cause: error })
  }
  return new ApiFailure('server_error', 'Something went wrong on the server.', { cause: error })
}

const sendAnObject = 'Send one JSON object in UTF-8, with names and texts in double quotes.'

/** By Fastify's codes: its own sentences do not say what to do. */
const bodyProblems: Record<string, string> = {
  FST_ERR_CTP_INVALID_JSON_BODY: `The body is not valid JSON. ${sendAnObject}`,
  FST_ERR_CTP_EMPTY_JSON_BODY: `The body is empty. ${sendAnObject}`,
}

/** Headers already set for the file do not apply to the error. */
const fileHeaders = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-range',
  'etag',
  'last-modified',
]

/** The one error handler: every refusal and every crash of a handler ends here. */
export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // A failed precondition of a page: no body, as for files.
  if (statusOf(error) === 412) {
    reply.code(412).removeHeader('content-type').send()
    return
  }
  const failure = toApiFailure(error)
  const status = apiErrorStatus[failure.code]
  if (status >= 500 && !isGone(error, request, reply)) logFailure(request, failure)
  if (failure.retryAfter !== undefined) reply.header(rateLimitHeader.retryAfter, failure.retryAfter)
  for (const name of fileHeaders) reply.removeHeader(name)
  reply.code(status).type('application/json; charset=utf-8').send(errorBody(failure))
}

/** A client that disconnected is no error worth logging. */
function isGone(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
  if (error !== null && error === request.raw.errored) return true
  return reply.raw.destroyed && error instanceof Error && error.name === 'AbortError'
}

function logFailure({ id: reqId, log }: FastifyRequest, failure: ApiFailure): void {
  const { code, message, cause } = failure
  if (cause !== undefined) log.error({ reqId, err: cause }, 'request failed')
  else log.warn({ reqId, code }, message)
}

export function errorBody(failure: ApiFailure): ErrorReply {
  return { status: 'error', code: failure.code, message: failure.message }
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null
  return Number(error.statusCode)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function wordsOf(error: unknown): string {
  return error instanceof Error && error.message !== ''
    ? `${error.message.replace(/\.$/, '')}.`
    : 'The request is not valid.'
}

/**
 * The refusal of an address where nothing is, or nothing for this method: the reference has one
 * code for both. `Allow` tells which methods there are.
 */
export function notFound(request: FastifyRequest, reply: FastifyReply): ApiFailure {
  const url = pathOf(request.originalUrl)
  // Routes are looked up by their pattern, and a stranger's text had better not be one.
  const isPlain = /^[\w/.-]*$/.test(url)
  const methods = ['GET', 'HEAD', 'POST'].filter(
    (method) => isPlain && request.server.hasRoute({ method, url }),
  )
  if (methods.length === 0) return new ApiFailure('not_found', 'There is nothing at this address.')
  reply.header('allow', methods.join(', '))
  const hint = request.method === 'PUT' ? ' With curl -T, add -X POST.' : ''
  return new ApiFailure('not_found', `This address takes nothing but ${methods.join(', ')}.${hint}`)
}
