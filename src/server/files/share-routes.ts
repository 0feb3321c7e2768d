import type { FileHandle } from 'node:fs/promises'
import type {} from '@fastify/compress'
import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/http/api-failure.ts'
import { sendRange } from '#server/http/send-range.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import { contentRules, isFilmOrScript } from './content-rules.ts'
import type { FileRepository } from './file-repository.ts'
import { isTransportStream } from './transport-stream.ts'

type Parts = { files: FileRepository; blobs: BlobStore }
type Share = { Params: { trackingId: string; name: string }; Querystring: { download?: string } }

const exposedHeaders = 'accept-ranges, content-disposition, content-length, content-range, etag'

/** Share links: whoever knows one may read that file, without a key and outside its rate limit. */
export function addShareRoutes(app: FastifyInstance, { files, blobs }: Parts): void {
  async function share(request: FastifyRequest<Share>, reply: FastifyReply): Promise<FastifyReply> {
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': exposedHeaders,
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    })
    const file = await files.findShared(request.params.trackingId)
    // The name is part of the link, or one file would have any number of addresses.
    if (!file || file.name !== request.params.name) {
      throw new ApiFailure('not_found', 'There is no file behind this link.')
    }
    // First of all: of a file that is missing or damaged not even a 304 would be true.
    const handle = await blobs.open(file)
    let isTaken = false
    try {
      reply.headers(await contentHeaders(request, file.name, handle))
      return await sendRange(request, reply, {
        take() {
          isTaken = true
          return handle
        },
        size: file.size,
        etag: `"${file.sha256}"`,
        modifiedAt: file.uploadedAt,
      })
    } finally {
      if (!isTaken) await handle.close()
    }
  }

  const url = '/share/:trackingId/:name'
  app.route<Share>({ method: ['GET', 'HEAD'], url, compress: false, handler: share })
  app.options(url, async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers':
          'range, if-range, if-match, if-none-match, if-modified-since, if-unmodified-since',
        'access-control-max-age': '86400',
      })
      .send(),
  )
}

async function contentHeaders(request: FastifyRequest<Share>, name: string, handle: FileHandle) {
  const rules = contentRules(name, !isFilmOrScript(name) || (await isTransportStream(handle)))
  const type = rules.isInline && request.query.download !== '1' ? 'inline' : 'attachment'
  return {
    'content-type': rules.type,
    'content-disposition': contentDisposition(name, { type }),
    'content-security-policy': rules.policy,
    'cache-control': 'private, max-age=0, must-revalidate',
  }
}
