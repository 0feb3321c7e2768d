import type { FastifyReply, FastifyRequest } from 'fastify'

/** A request body that nobody has read yet. */
export type IncomingBytes = {
  /** `Content-Length`; undefined for a chunked body. */
  declaredBytes: number | undefined
  /** Asks the client for the body where it waits to be asked, and reads it. Once only. */
  open(): AsyncIterable<Uint8Array>
}

export function incomingBytes(request: FastifyRequest, reply: FastifyReply): IncomingBytes {
  const declared = request.headers['content-length']
  return {
    declaredBytes: declared === undefined ? bytesWithoutLength(request) : Number(declared),
    open() {
      sendContinue(reply)
      // Leaving the loop early must not destroy the socket: the refusal still has to go out on it.
      return request.raw.iterator({ destroyOnReturn: false })
    },
  }
}

/** "Expect: 100-continue": the go-ahead is given once every check has passed, not before. */
export function sendContinue(reply: FastifyReply): void {
  const { raw } = reply.request
  if (raw.headers.expect !== undefined && !raw.complete) reply.raw.writeContinue()
}

function bytesWithoutLength(request: FastifyRequest): number | undefined {
  return request.headers['transfer-encoding'] === undefined ? 0 : undefined
}
