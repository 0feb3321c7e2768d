import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { UploadReply } from '#contract/uploads.ts'
import type { AddFile } from '#server/files/add-file.ts'
import type { Alongside } from '#server/files/add-files.ts'
import { fileLink } from '#server/files/file-link.ts'
import type { FindSame } from '#server/files/find-same.ts'
import type { StoredFile } from '#server/files/stored-file.ts'
import type { AccessWatch } from '#server/http/access-watch.ts'
import type { Idempotency } from '#server/http/idempotency.ts'
import type { Route } from '#server/http/route.ts'
import type { ReceiveUpload } from './receive-upload.ts'

type Parts = {
  route: Route<{ id: string; userId: string }>
  access: AccessWatch
  receive: ReceiveUpload
  addFile: AddFile
  findSame: FindSame
  idempotency: Idempotency
  publicUrl(): string
}

export function addUploadRoutes(app: FastifyInstance, parts: Parts): void {
  const { route, access, receive, addFile, findSame, idempotency, publicUrl } = parts

  route(
    app,
    endpoints.upload,
    async ({ query, key: { id: keyId, userId }, body, raw, signal: gone }) => {
      const { path: folder, filename: name } = query
      const sendersKey = idempotency.readKey(raw)
      using held = access.watch({ keyId, userId })
      const signal = AbortSignal.any([gone, held.signal])
      const staged = await receive(body, signal)
      try {
        signal.throwIfAborted()
        // The last bytes may come right after the key was revoked: sooner than the watch looks.
        await access.require({ keyId, userId })
        // The kept answer is no proof that the bytes are still there.
        if (sendersKey !== null) await findSame({ userId, folder }, { name, staged })
        // Known by its bytes, or another file under a used key would be lost with a 200.
        const asked = { userId, endpoint: 'upload', fingerprint: [folder, name, staged.sha256] }
        return await idempotency.once<UploadReply>(sendersKey, asked, async (keep) => {
          const replyOf = (file: StoredFile) => uploadReply(file, publicUrl())
          const alongside: Alongside = (transaction, [file]) =>
            keep(transaction, replyOf(file as StoredFile))
          return replyOf(await addFile({ userId, folder, name, staged, alongside }))
        })
      } finally {
        await staged.discard()
      }
    },
  )
}

function uploadReply(file: StoredFile, publicUrl: string): UploadReply {
  return {
    status: 'ok',
    tracking_id: file.trackingId,
    file_name: file.name,
    size: file.size,
    link: fileLink(publicUrl, file),
    folder: file.folder,
  }
}
