import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import type { AccessWatch } from '#server/core/access-watch.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { AddFiles } from '#server/files/add-files.ts'
import type { FindSame, NewFile } from '#server/files/file-listing.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import { uploadReply } from '#server/uploads/upload-routes.ts'
import type { ReceiveBatch, ReceivedPart } from './receive-batch.ts'

type Deps = {
  route: Route<{ id: string; userId: string }>
  access: AccessWatch
  receiveBatch: ReceiveBatch
  addFiles: AddFiles
  findSame: FindSame
  idempotency: Idempotency
  publicUrl(): string
}

export function addBatchRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, access, receiveBatch, addFiles, findSame, idempotency, publicUrl } = deps

  route(
    app,
    endpoints.uploadBatch,
    async ({ query, key: { id: keyId, userId }, body, raw, signal: gone }) => {
      const sendersKey = idempotency.readKey(raw)
      using held = access.watch({ keyId, userId })
      const signal = AbortSignal.any([gone, held.signal])
      const contentType = raw.headers['content-type'] ?? ''
      const parts = await receiveBatch({ body, contentType, folder: query.path }, signal)
      const files = parts.flatMap((part) => (part instanceof ApiFailure ? [] : [part]))
      try {
        signal.throwIfAborted()
        // The last bytes may come right after the key was revoked: sooner than the watch looks.
        await access.require({ keyId, userId })
        // The kept answer is no proof that the bytes are still there.
        if (sendersKey !== null) await findSame(userId, files)
        const fingerprint = fingerprintOf(query.path, parts)
        const requested = { userId, endpoint: 'upload_batch', fingerprint }
        return await idempotency.once<UploadBatchReply>(sendersKey, requested, async (keep) => {
          const replyOf = (listed: StoredFile[]) => batchReply(parts, listed, publicUrl())
          return replyOf(
            await addFiles({
              userId,
              files,
              alongside: (unit, listed) => keep(unit, replyOf(listed)),
            }),
          )
        })
      } finally {
        await discardAll(files)
      }
    },
  )
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

async function discardAll(files: readonly NewFile[]): Promise<void> {
  await Promise.all(files.map(({ staged }) => staged.discard()))
}
