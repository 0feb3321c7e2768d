import type { FastifyRequest } from 'fastify'

/** Set by us on every request that better-auth sees, so nobody picks his own address. */
export const clientAddressHeader = 'x-barkeep-client-address'

export function clientAddress({ raw, server }: FastifyRequest): string {
  return server.readClient(raw).address
}
