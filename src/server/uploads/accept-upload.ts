import type { FastifyRequest } from 'fastify'
import type { AccessWatch } from '#server/core/access-watch.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { Added, AddFiles } from '#server/files/add-files.ts'
import type { FindSame, NewFile } from '#server/files/file-listing.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'

type Request = {
  key: { id: string; userId: string }
  raw: FastifyRequest
  /** Aborts when the client is gone. */
  signal: AbortSignal
}

/** What one way of uploading does differently. */
export type Upload<Received, Reply> = {
  endpoint: string
  /** For a sender who may put files below one folder alone, and what must be true of them. */
  confined?: { rootId: number; charge(unit: UnitOfWork, added: Added): Promise<void> }
  /** All of the body, staged, or nothing. */
  receive(signal: AbortSignal): Promise<Received>
  filesOf(received: Received): NewFile[]
  /** With the bytes of each file, or another file under a used key would be lost with a 200. */
  fingerprintOf(received: Received): unknown
  /** @param listed what became of the files, in their order */
  replyOf(received: Received, listed: StoredFile[]): Reply
}

/**
 * Receives files and lists them, all or none, once for an `Idempotency-Key`, while the sender has access.
 * @throws ApiFailure, and what the signal was aborted with
 */
export type AcceptUpload = <Received, Reply>(
  request: Request,
  upload: Upload<Received, Reply>,
) => Promise<Reply>

/** Makes the one frame that every way of uploading stands in. */
export function createAcceptUpload(deps: {
  access: AccessWatch
  addFiles: AddFiles
  findSame: FindSame
  idempotency: Idempotency
}): AcceptUpload {
  const { access, addFiles, findSame, idempotency } = deps
  return async <Received, Reply>(
    { key, raw, signal: gone }: Request,
    upload: Upload<Received, Reply>,
  ) => {
    const holder = { keyId: key.id, userId: key.userId }
    const { userId } = holder
    const sendersKey = idempotency.readKey(raw)
    using held = access.watch(holder)
    const signal = AbortSignal.any([gone, held.signal])
    const received = await upload.receive(signal)
    const files = upload.filesOf(received)
    try {
      signal.throwIfAborted()
      // The last bytes may come right after the key was revoked: sooner than the watch looks.
      await access.require(holder)
      // The kept answer is no proof that the bytes are still there.
      const rootId = upload.confined?.rootId
      if (sendersKey !== null) await findSame({ userId, rootId }, files)
      const fingerprint = upload.fingerprintOf(received)
      const requested = { userId, endpoint: upload.endpoint, fingerprint }
      return await idempotency.once<Reply>(sendersKey, requested, async (keep) => {
        const replyOf = (listed: StoredFile[]) => upload.replyOf(received, listed)
        const listed = await addFiles({
          ...{ userId, rootId, files },
          async alongside(unit, rows, added) {
            await upload.confined?.charge(unit, added)
            await keep(unit, replyOf(rows))
          },
        })
        return replyOf(listed)
      })
    } finally {
      await Promise.all(files.map(({ staged }) => staged.discard()))
    }
  }
}
