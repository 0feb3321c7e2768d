import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadBatchReply, UploadReply } from '#contract/uploads.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { Route } from '#server/http/route/route.ts'
import type { AcceptUpload, Upload } from '#server/uploads/accept-upload.ts'
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
    const receive = (signal: AbortSignal) => receiveBatch({ body, contentType, folder }, signal)
    const replyOf = (file: StoredFile) => uploadReply(file, publicUrl())
    return await accept(request, batchUpload(folder, receive, replyOf))
  })
}

/** The body is a form of many files. */
export function batchUpload(
  folder: FolderPath,
  receive: (signal: AbortSignal) => Promise<ReceivedPart[]>,
  replyOf: (file: StoredFile) => UploadReply,
): Upload<ReceivedPart[], UploadBatchReply> {
  return {
    ...{ endpoint: 'upload_batch', receive },
    filesOf: (parts) => parts.flatMap((part) => (part instanceof ApiFailure ? [] : [part])),
    fingerprintOf: (parts) => fingerprintOf(folder, parts),
    replyOf: (parts, listed) => batchReply(parts, listed, replyOf),
  }
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
  replyOf: (file: StoredFile) => UploadReply,
): UploadBatchReply {
  const files = listed.values()
  const results = parts.map((part): UploadBatchReply['results'][number] => {
    if (part instanceof ApiFailure) {
      return { status: 'error', code: part.code, message: part.message }
    }
    const { status, ...file } = replyOf(files.next().value as StoredFile)
    return { status, file }
  })
  return { status: 'ok', results }
}
