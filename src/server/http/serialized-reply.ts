import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const compress = promisify(gzip)
/** Under this many bytes compressing costs more than it saves. */
const worthCompressing = 1024
const json = 'application/json; charset=utf-8'

/**
 * An answer that was made before, plain and compressed, for answers that are large and seldom
 * change: compressing at each request takes the threads that also read and write files.
 */
export class SerializedReply {
  readonly #type: string
  readonly #plain: Buffer
  readonly #gzip: Buffer | null

  private constructor(type: string, plain: Buffer, gzip: Buffer | null) {
    this.#type = type
    this.#plain = plain
    this.#gzip = gzip
  }

  /** `level` as gzip has it: 1 for what is made often, 9 for what is made once. */
  static async make(text: string, { type = json, level = 1 } = {}): Promise<SerializedReply> {
    const plain = Buffer.from(text)
    const isLarge = plain.length >= worthCompressing
    return new SerializedReply(type, plain, isLarge ? await compress(plain, { level }) : null)
  }

  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.type(this.#type).header('vary', 'accept-encoding')
    const accepted = String(request.headers['accept-encoding'] ?? '')
    if (this.#gzip && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)) {
      return reply.header('content-encoding', 'gzip').send(this.#gzip)
    }
    return reply.send(this.#plain)
  }
}
