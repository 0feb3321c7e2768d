import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorReply } from '#contract/api-error.ts'
import { checkPreconditions } from '#server/http/send/preconditions.ts'

const compress = promisify(gzip)
/** Under this many bytes compressing costs more than it saves. */
const worthCompressing = 1024
const json = 'application/json; charset=utf-8'

/** An answer that goes out in another way than as the JSON of an object. */
export abstract class WrittenReply {
  abstract send(request: FastifyRequest, reply: FastifyReply): FastifyReply
}

/** The JSON of an answer that is made for one request, where writing it is cheaper than its objects. */
export class JsonText extends WrittenReply {
  readonly text: string

  constructor(text: string) {
    super()
    this.text = text
  }

  override send(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return reply.type(json).send(this.text)
  }
}

/** An answer whose headers say it all; a refusal of a status that has no code says why. */
export class HeadReply extends WrittenReply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly refusal: ErrorReply | null

  constructor(status: number, headers: Record<string, string>, refusal: ErrorReply | null = null) {
    super()
    this.status = status
    this.headers = headers
    this.refusal = refusal
  }

  override send(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.code(this.status).headers(this.headers)
    return this.refusal === null ? reply.send() : reply.type(json).send(this.refusal)
  }
}

/**
 * An answer that was made before, plain and compressed, for answers that are large and seldom
 * change: compressing at each request takes the threads that also read and write files.
 */
export class SerializedReply extends WrittenReply {
  readonly #type: string
  readonly #plain: Buffer
  readonly #gzip: Buffer | null
  /** Null for replies that are never requested conditionally. */
  readonly #etag: string | null

  private constructor(type: string, plain: Buffer, gzip: Buffer | null, etag: string | null) {
    super()
    this.#type = type
    this.#plain = plain
    this.#gzip = gzip
    this.#etag = etag
  }

  /** An answer of the API, which is made often. */
  static async make(text: string): Promise<SerializedReply> {
    const plain = Buffer.from(text)
    return new SerializedReply(json, plain, await compressed(plain, 1), null)
  }

  /** A page or document, which is made once and has versions. */
  static async makeDocument(type: string, text: string): Promise<SerializedReply> {
    const plain = Buffer.from(text)
    const etag = `"${createHash('sha256').update(plain).digest('base64url')}"`
    return new SerializedReply(type, plain, await compressed(plain, 9), etag)
  }

  override send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.header('vary', 'accept-encoding')
    if (this.#etag !== null) {
      // Weak, because the compressed bytes differ.
      reply.header('etag', `W/${this.#etag}`)
      const version = { etag: this.#etag, modifiedAt: null }
      const verdict = checkPreconditions(request.raw, version)
      if (verdict !== 'go on') return reply.code(verdict === 'failed' ? 412 : 304).send()
    }
    reply.type(this.#type)
    const accepted = String(request.headers['accept-encoding'] ?? '')
    if (this.#gzip && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)) {
      return reply.header('content-encoding', 'gzip').send(this.#gzip)
    }
    return reply.send(this.#plain)
  }
}

async function compressed(plain: Buffer, level: number): Promise<Buffer | null> {
  return plain.length >= worthCompressing ? await compress(plain, { level }) : null
}
