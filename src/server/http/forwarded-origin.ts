import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'

const origins = new AsyncLocalStorage<string>()

/**
 * Keeps, for the time of a request, the origin that a trusted proxy tells of it: links are made far
 * from the request. Who comes without a proxy pays nothing for it.
 */
export function keepForwardedOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { scheme, host, isHostForwarded } = app.readClient(request.raw)
    const url = isHostForwarded ? URL.parse(`${scheme}://${host}`) : null
    if (url === null) done()
    else origins.run(url.origin, done)
  })
}

/** Null where the request came without a trusted proxy, or there is none. */
export function forwardedOrigin(): string | null {
  return origins.getStore() ?? null
}
