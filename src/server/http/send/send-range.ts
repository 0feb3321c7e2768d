import type { FileHandle } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FileBytes, smallRead, tooShort } from './file-bytes.ts'
import { checkPreconditions, isRangeWanted } from './preconditions.ts'

/** `take` gives the open file away: it is closed here. */
export type SentFile = { take(): FileHandle; size: number; etag: string; modifiedAt: Date }

/**
 * Answers with a file's bytes as the request asks: whole, a range, nothing (HEAD, 304), 412 or 416.
 * Throws what reading the file throws, before anything is sent.
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
    reply.removeHeader('content-type')
    return reply.code(verdict === 'failed' ? 412 : 304).send()
  }
  const wanted = isRangeWanted(request.raw, file) ? request.headers.range : undefined
  const range = readByteRange(wanted, file.size)
  if (range === 'unsatisfiable') {
    reply.code(416).header('content-range', `bytes */${file.size}`).removeHeader('content-type')
    return reply.send()
  }
  const { first, last } = range === 'whole' ? { first: 0, last: file.size - 1 } : range
  if (range !== 'whole') {
    reply.code(206).header('content-range', `bytes ${first}-${last}/${file.size}`)
  }
  reply.header('content-length', last - first + 1)
  const handle = file.take()
  if (request.method !== 'HEAD' && file.size > 0) {
    return await sendBytes(reply, handle, { first, last })
  }
  await handle.close()
  return reply.send('')
}

async function sendBytes(
  reply: FastifyReply,
  handle: FileHandle,
  range: ByteRange,
): Promise<FastifyReply> {
  const length = range.last - range.first + 1
  if (length > smallRead) return reply.send(new FileBytes(handle, range))
  // What players ask for most is small: one read is twice as fast as a stream.
  await using file = handle
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, range.first)
  if (bytesRead < length) throw tooShort()
  return reply.send(buffer)
}

/** Both ends are inclusive, as on the wire. */
export type ByteRange = { first: number; last: number }

/**
 * Reads a `Range` header for a file of `size` bytes. 'whole': there is none that we serve, and the
 * answer is the whole file (RFC 9110 lets a server ignore what it does not know, and several ranges).
 */
function readByteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header?.trim() ?? '')
  const [, first = '', last = ''] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  if (first === '') return lastBytes(Number(last), size)
  if (last !== '' && Number(last) < Number(first)) return 'whole'
  if (Number(first) >= size) return 'unsatisfiable'
  return { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

function lastBytes(length: number, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable'
  // The end of an empty file is all of it, which no "Content-Range" can say.
  return size === 0 ? 'whole' : { first: Math.max(0, size - length), last: size - 1 }
}
