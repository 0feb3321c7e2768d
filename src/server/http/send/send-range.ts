import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ByteRange, readByteRange } from '#server/bytes/byte-range.ts'
import { checkPreconditions, isRangeWanted } from './preconditions.ts'

/** A file that can be sent, wherever its bytes are. */
export type SentFile = {
  size: number
  etag: string
  modifiedAt: Date
  /** Type, disposition and the like. */
  headers: Record<string, string>
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
  const verdict = checkPreconditions(request.raw, file)
  const wanted = isRangeWanted(request.raw, file) ? request.headers.range : undefined
  const range = readByteRange(wanted, file.size)
  const isServed = verdict === 'go on' && range !== 'unsatisfiable'
  const { first, last } = typeof range === 'string' ? { first: 0, last: file.size - 1 } : range
  const hasBytes = isServed && request.method !== 'HEAD' && file.size > 0
  const bytes = hasBytes ? await file.open({ first, last }) : await file.requireWhole()
  // Only now: an error must not carry the file's headers.
  reply.headers({ ...file.headers, 'accept-ranges': 'bytes', etag: file.etag })
  reply.header('last-modified', file.modifiedAt.toUTCString())
  if (verdict !== 'go on') {
    reply.removeHeader('content-type')
    return reply.code(verdict === 'failed' ? 412 : 304).send()
  }
  if (range === 'unsatisfiable') {
    reply.code(416).header('content-range', `bytes */${file.size}`).removeHeader('content-type')
    return reply.send()
  }
  if (range !== 'whole') {
    reply.code(206).header('content-range', `bytes ${first}-${last}/${file.size}`)
  }
  reply.header('content-length', last - first + 1)
  return reply.send(bytes ?? '')
}
