import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ByteBatch, batchChunks, type Watch } from '#server/bytes/batch-chunks.ts'

/** A request body that nobody has read yet. */
export type IncomingBytes = {
  /** `Content-Length`; undefined for a chunked body. */
  declaredBytes: number | undefined
  /**
   * Asks the client for the body where it waits to be asked, and reads it under `watch`.
   * Once only.
   */
  open(watch: Watch): AsyncIterable<ByteBatch>
}

const continued = new WeakSet<ServerResponse>()

export function incomingBytes(request: FastifyRequest, reply: FastifyReply): IncomingBytes {
  const { headers } = request
  const isChunked = headers['transfer-encoding'] !== undefined
  return {
    declaredBytes: isChunked ? undefined : Number(headers['content-length'] ?? 0),
    open(watch) {
      sendContinue(reply)
      return batchChunks(request.raw, watch)
    },
  }
}

/** "Expect: 100-continue": the go-ahead is given once every check has passed, not before. */
export function sendContinue(reply: FastifyReply): void {
  if (!isBodyAwaited(reply)) return
  continued.add(reply.raw)
  reply.raw.writeContinue()
}

/** Whether the client holds its body back until it is told to send it. */
export function isBodyAwaited(reply: FastifyReply): boolean {
  const { raw } = reply.request
  return raw.headers.expect !== undefined && isBodyUnderWay(raw) && !continued.has(reply.raw)
}

/** Whether bytes of a body are still to come. */
export function isBodyUnderWay(raw: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = raw.headers
  return !raw.complete && (coding !== undefined || length !== '0')
}
