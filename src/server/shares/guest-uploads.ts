import { endpoints } from '#contract/endpoints.ts'
import type { UploadReply } from '#contract/uploads.ts'
import { AccessEnded } from '#server/core/access-watch.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { Added } from '#server/files/add-files.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { ForGuests } from '#server/http/route/route.ts'
import type { AcceptUpload } from '#server/uploads/accept-upload.ts'
import { batchUpload } from '#server/uploads/batch/batch-routes.ts'
import type { ReceiveBatch } from '#server/uploads/batch/receive-batch.ts'
import { type ReceiveUpload, singleUpload } from '#server/uploads/upload-routes.ts'
import type { Guest, LiveShare } from './guest-key.ts'
import { createGuestQuota, quotaFull } from './guest-quota.ts'
import { chargeShare } from './share-repository.ts'

type Deps = {
  forGuests: ForGuests<Guest>
  accept: AcceptUpload
  receive: ReceiveUpload
  receiveBatch: ReceiveBatch
}

/** Files that come by a link: below its folder, within its size, listed together with their count. */
export function addGuestUploads({ forGuests, accept, receive, receiveBatch }: Deps): void {
  const quota = createGuestQuota()

  forGuests(endpoints.upload, async ({ query, body, key, ...request }) => {
    using held = quota.hold(key.share, body.declaredBytes)
    return await accept(
      { ...request, key: senderOf(key) },
      {
        ...singleUpload(query, (signal) => receive(body, signal, held.left), replyOf),
        ...confinementOf(key.share, 'upload'),
      },
    )
  })

  forGuests(endpoints.uploadBatch, async ({ query: { path: folder }, body, key, ...request }) => {
    const contentType = request.raw.headers['content-type'] ?? ''
    using held = quota.hold(key.share, body.declaredBytes)
    const incoming = { body, contentType, folder, left: held.left }
    return await accept(
      { ...request, key: senderOf(key) },
      {
        ...batchUpload(folder, (signal) => receiveBatch(incoming, signal), replyOf),
        ...confinementOf(key.share, 'upload_batch'),
      },
    )
  })
}

/** Whose files they become; the link stands for the key. */
function senderOf({ id, share }: Guest): { id: string; userId: string } {
  return { id, userId: share.user_id }
}

function confinementOf(share: LiveShare, endpoint: string) {
  const { id, folder_id: rootId } = share
  if (rootId === null) throw new ApiFailure('insufficient_scope', 'This link takes no files.')
  return {
    // Another's `Idempotency-Key` must not answer with what became of another's file.
    endpoint: `${endpoint} ${id}`,
    confined: { rootId, charge: (unit: UnitOfWork, added: Added) => charge(unit, share, added) },
  }
}

async function charge(unit: UnitOfWork, share: LiveShare, added: Added): Promise<void> {
  const { bytes } = added
  const verdict = await chargeShare(unit, share.id, { files: added.files.length, bytes })
  if (verdict === 'full') throw quotaFull(0)
  if (verdict === 'revoked') throw new AccessEnded('invalid_key', 'This link was withdrawn.')
}

/** Without a link: who may only send files must not make this a place to hand them on from. */
function replyOf(file: StoredFile): UploadReply {
  const { id: tracking_id, name: file_name, size, folder } = file
  return { status: 'ok', tracking_id, file_name, size, link: '', folder }
}
