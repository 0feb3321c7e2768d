import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { estimateTransfers } from '#app/features/uploads/model/estimate-transfers.ts'
import type { ArrivedFile } from '#app/features/uploads/model/upload.ts'
import type { UploadConnection } from '#app/features/uploads/send/look-after-cancel.ts'
import type { FileSought } from '#app/features/uploads/send/send-upload.ts'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type FilesPage, filesPageSize, type ListedFile } from '#contract/files.ts'

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

type Search = {
  name: string
  isSought(file: ListedFile): boolean
  /** One page of the folder, ordered by name in folded case. */
  listPage(offset: number): Promise<FilesPage>
}

/** Enough for millions of files by halving; a listing in another order must not cost the window. */
const mostProbes = 24

/** Finds one file of a folder of any size in few requests, for each of them costs a slot. */
export async function findListedFile(search: Search): Promise<ListedFile | null> {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let index = 0
  for (let probe = 0; probe < mostProbes && low < high; probe += 1) {
    const page = await search.listPage(index * filesPageSize)
    const found = page.files.find(search.isSought)
    if (found) return found
    const side = whichSide(page, search.name)
    if (side === 'here') return null
    if (side === 'before') high = index
    else low = index + 1
    // Doubling until a page is past the name, halving from then on.
    index = Number.isFinite(high) ? Math.floor((low + high) / 2) : index * 2 || 1
  }
  return null
}

function whichSide({ files, has_more }: FilesPage, name: string): 'before' | 'here' | 'after' {
  const head = files[0]
  const tail = files.at(-1)
  if (!head || !tail || fold(name) < fold(head.name)) return 'before'
  return fold(name) <= fold(tail.name) || !has_more ? 'here' : 'after'
}

function fold(name: string): string {
  return name.toLowerCase()
}
