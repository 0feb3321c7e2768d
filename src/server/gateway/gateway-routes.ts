import type { FastifyInstance } from 'fastify'
import type { Gateway } from './gateway.ts'

/** Everything below `/api/v1/` goes to the upstream: any method, body untouched, answer untouched. */
export function addGatewayRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/api/v1/*',
    config: { readsBodyLate: true },
    // Here already, because what comes next would read the body.
    onRequest: (request, reply) => {
      reply.hijack()
      gateway.forward(request.raw, reply.raw)
    },
    handler: () => undefined,
  })
  app.addHook('onClose', () => gateway.close())
}
