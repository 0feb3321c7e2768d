import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { Route } from '#server/http/route/route.ts'
import type { AcceptUpload } from '#server/uploads/accept-upload.ts'
import { uploadReply } from '#server/uploads/upload-routes.ts'
import type { ReceiveBatch, ReceivedPart } from './receive-batch.ts'

type Deps = {
  route: Route<{ id: string; userId: string }>
  accept: AcceptUpload
  receiveBatch: ReceiveBatch
  publicUrl(): string
}

export function addBatchRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, accept, receiveBatch, publicUrl } = deps

  route(app, endpoints.uploadBatch, async ({ query: { path: folder }, body, ...request }) => {
    const contentType = request.raw.headers['content-type'] ?? ''
    return await accept(request, {
      endpoint: 'upload_batch',
      receive: (signal) => receiveBatch({ body, contentType, folder }, signal),
      filesOf: (parts) => parts.flatMap((part) => (part instanceof ApiFailure ? [] : [part])),
      fingerprintOf: (parts) => fingerprintOf(folder, parts),
      replyOf: (parts, listed) => batchReply(parts, listed, publicUrl()),
    })
  })
}

function fingerprintOf(folder: FolderPath, parts: readonly ReceivedPart[]): unknown {
  return [
    folder,
    parts.map((part) =>
      part instanceof ApiFailure ? [part.code] : [part.folder, part.name, part.staged.sha256],
    ),
  ]
}

/** One answer for each part, in their order; `listed` has the files of those that were not refused. */
function batchReply(
  parts: readonly ReceivedPart[],
  listed: readonly StoredFile[],
  publicUrl: string,
): UploadBatchReply {
  const files = listed.values()
  const results = parts.map((part): UploadBatchReply['results'][number] => {
    if (part instanceof ApiFailure) {
      return { status: 'error', code: part.code, message: part.message }
    }
    const { status, ...file } = uploadReply(files.next().value as StoredFile, publicUrl)
    return { status, file }
  })
  return { status: 'ok', results }
}
