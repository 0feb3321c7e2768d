import { isRefusal } from '#app/api/api-error.ts'
import type { ApiClient } from '#app/api/client.ts'
import { estimateTransfers } from '#app/api/estimate-transfers.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { findListedFile } from './find-listed-file.ts'
import type { FileSought } from './send-upload.ts'
import type { ArrivedFile } from './upload.ts'
import type { UploadConnection } from './upload-connection.ts'

/** Makes what the upload queue needs of a session. Call it when the session begins, with its `/me`. */
export function connectUploads(session: {
  client: ApiClient
  gate: RateLimitGate
  me: Me
}): UploadConnection {
  const { client, gate, me } = session
  const connectedAt = gate.now()
  // "Unix epoch second when a slot frees": a slot lasts one window, so it is at most that far ahead.
  const serverTimeThen = (me.rate_limit.reset - me.rate_limit.window_seconds) * 1000
  return {
    account: me.username,
    keyId: me.key.id,
    canUpload: me.key.scopes.includes('upload'),
    canLook: me.key.scopes.includes('read'),
    maxBytes: me.limits.upload_max_bytes,
    sendFile: (send) => client.sendFile(send),
    findFile: (sought) => findArrivedFile(client, sought),
    serverTime: () => serverTimeThen + gate.now() - connectedAt,
    estimate: (waiting) => estimateTransfers(gate, waiting),
    requestsPerMinute: () => gate.getSnapshot().limit,
  }
}

/** Null also where the key may not look: sending again under the same idempotency key is safe. */
async function findArrivedFile(client: ApiClient, sought: FileSought): Promise<ArrivedFile | null> {
  const { folder, name, size, notBefore, signal } = sought
  try {
    const file = await findListedFile({
      name,
      isSought: (listed) =>
        listed.name === name &&
        listed.size === size &&
        Date.parse(listed.uploaded_at) >= notBefore - 1_000,
      listPage: (offset) =>
        client.call(endpoints.files, {
          query: { path: folder, offset },
          lane: 'transfer',
          purpose: 'uploads',
          signal,
        }),
    })
    return file && { file_name: file.name, size: file.size, link: file.link, folder }
  } catch (error) {
    if (isRefusal(error, 403, 404)) return null
    throw error
  }
}
