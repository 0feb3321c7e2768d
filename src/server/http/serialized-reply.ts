import type { FastifyReply, FastifyRequest } from 'fastify'

/** A JSON answer that was made before, plain and compressed, for answers that are large and seldom change. */
export class SerializedReply {
  readonly #json: Buffer
  readonly #gzip: Buffer | null

  constructor(json: Buffer, gzip: Buffer | null) {
    this.#json = json
    this.#gzip = gzip
  }

  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding')
    const accepted = String(request.headers['accept-encoding'] ?? '')
    if (this.#gzip && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)) {
      return reply.header('content-encoding', 'gzip').send(this.#gzip)
    }
    return reply.send(this.#json)
  }
}
