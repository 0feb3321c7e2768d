import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type FileDetails,
  type ThumbnailSize,
  thumbnailSizes,
  thumbnailType,
} from '#contract/previews.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { checkPreconditions } from '#server/http/send/preconditions.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'

export type PreviewedFile = KnownBlob & { sha256: string }

/** What can be seen of a file without reading it whole. */
export type Previews = {
  /**
   * In `thumbnailType`. @throws ApiFailure `not_found` where there can be none, `unavailable` when too
   * many are asked for; the signal's reason
   */
  thumbnail(file: PreviewedFile, size: ThumbnailSize, signal: AbortSignal): Promise<Uint8Array>
  /** What its bytes say; empty where that cannot be known. @throws as `thumbnail`, but `not_found` */
  details(
    file: PreviewedFile,
    signal: AbortSignal,
  ): Promise<Omit<FileDetails, 'status' | 'size' | 'type' | 'sha256'>>
}

type Asked = { thumbnail: string } | { details: true }

/** What a link's query asks for instead of the file; null where it wants the file. */
export function readPreviewQuery(query: Record<string, unknown>): Asked | null {
  if (query.thumbnail !== undefined) return { thumbnail: String(query.thumbnail) }
  return query.details !== undefined ? { details: true } : null
}

/** Answers with a thumbnail or with details. @throws ApiFailure */
export async function sendPreview(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    asked,
    file,
    type,
    previews,
  }: {
    asked: Asked
    file: PreviewedFile
    /** The media type of the file itself. */
    type: string
    previews: Previews
  },
): Promise<FastifyReply> {
  const signal = goneSignal(reply)
  if ('details' in asked) {
    const { size, sha256 } = file
    const known = { status: 'ok' as const, size, type, sha256 }
    const details: FileDetails = { ...known, ...(await previews.details(file, signal)) }
    return reply.header('cache-control', 'private, max-age=300').send(details)
  }
  const size = thumbnailSizes.find((one) => one === asked.thumbnail)
  if (size === undefined) {
    throw new ApiFailure('invalid_request', `thumbnail must be ${thumbnailSizes.join(', ')}.`)
  }
  const etag = `"${file.sha256}-${size}"`
  const verdict = checkPreconditions(request.raw, { etag, modifiedAt: null })
  const bytes = verdict === 'go on' ? await previews.thumbnail(file, size, signal) : null
  reply.headers({
    etag,
    // The bytes behind a link never change.
    'cache-control': 'private, max-age=2592000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  if (bytes === null) return reply.code(verdict === 'failed' ? 412 : 304).send()
  reply.headers({ 'content-type': thumbnailType, 'content-length': bytes.length })
  return reply.send(bytes)
}

/**
 * A list that is scrolled on takes its questions back: what nobody waits for is not made. Browsers end
 * the connection for that, which is told from one that is only half open by nothing: here both count.
 */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const { socket } = raw
  const hangUp = () => raw.destroy()
  socket?.once('end', hangUp)
  raw.once('close', () => {
    socket?.off('end', hangUp)
    if (raw.writableFinished) return
    gone.abort(new DOMException('The client went away.', 'AbortError'))
  })
  return gone.signal
}
