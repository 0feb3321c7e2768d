import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiFailure } from './api-failure.ts'
import { pathOf } from './request-target.ts'

/**
 * The refusal of an address where nothing is, or nothing for this method: the reference has one
 * code for both. `Allow` tells which methods there are.
 */
export function nothingThere(request: FastifyRequest, reply: FastifyReply): ApiFailure {
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
