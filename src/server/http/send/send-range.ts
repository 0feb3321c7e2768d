import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ByteRange, readByteRange } from '#server/bytes/byte-range.ts'
import { checkPreconditions, isRangeWanted } from './preconditions.ts'

/** A file that can be sent, wherever its bytes are. */
export type SentFile = {
  size: number
  etag: string
  modifiedAt: Date
  /** @throws where the file cannot be read. */
  open(range: ByteRange): Promise<Readable | Uint8Array>
  /** Checked for responses without bytes: even a 304 would be wrong for a file that is gone. @throws */
  requireWhole(): Promise<void>
}

/**
 * Answers with a file's bytes as the request asks: whole, a range, nothing (HEAD, 304), 412 or 416.
 * @throws what reading the file throws, before anything is sent
 */
export async function sendRange(
  request: FastifyRequest,
  reply: FastifyReply,
  file: SentFile,
): Promise<FastifyReply> {
  reply.header('accept-ranges', 'bytes').header('etag', file.etag)
  reply.header('last-modified', file.modifiedAt.toUTCString())
  const verdict = checkPreconditions(request.raw, file)
  if (verdict !== 'go on') {
    await file.requireWhole()
    reply.removeHeader('content-type')
    return reply.code(verdict === 'failed' ? 412 : 304).send()
  }
  const wanted = isRangeWanted(request.raw, file) ? request.headers.range : undefined
  const range = readByteRange(wanted, file.size)
  if (range === 'unsatisfiable') {
    await file.requireWhole()
    reply.code(416).header('content-range', `bytes */${file.size}`).removeHeader('content-type')
    return reply.send()
  }
  const { first, last } = range === 'whole' ? { first: 0, last: file.size - 1 } : range
  const hasBytes = request.method !== 'HEAD' && file.size > 0
  const bytes = hasBytes ? await file.open({ first, last }) : await file.requireWhole()
  if (range !== 'whole') {
    reply.code(206).header('content-range', `bytes ${first}-${last}/${file.size}`)
  }
  reply.header('content-length', last - first + 1)
  return reply.send(bytes ?? '')
}
