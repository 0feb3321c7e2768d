import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { ConnectionError } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { sendPack } from '#app/features/uploads/send/send-pack.ts'
import {
  nothingKnown,
  type Upload,
  type UploadConnection,
  type UploadJob,
} from '#app/features/uploads/upload.ts'
import type { TextStorage } from '#app/lib/browser/storage.ts'
import type { Clock } from '#app/lib/clock.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import type { Me } from '#contract/account.ts'
import type { FolderNode } from '#contract/files.ts'
import type { createOtherTabs } from './other-tabs.ts'
import type { JournalAccess } from './upload-keeper.ts'

export type UploadQueueOptions = {
  clock?: Clock
  retryPause?: RetryPause
  /** Keeps unfinished uploads over a reload. */
  journal?: JournalAccess
  /** What the queue needs of the tabs of this browser. */
  tab?: Parameters<typeof createOtherTabs>[1]
  canRead?: (file: File) => Promise<boolean>
  /** Where the tab keeps that a person paused the queue. */
  pausedIn?: TextStorage
  sendUpload?: typeof sendPack
  /** Told of each upload that is done. */
  onUploaded?: (upload: Upload) => void
}

/** The tree of folders as new as `newerThan` ms; null where it cannot be read. */
export type ReadTree = (newerThan: number) => Promise<FolderNode | null>

/** What the upload queue needs of a session. `connectedAt`: when `me` came, by the gate's clock. */
export function connectUploads(
  session: { client: ApiClient; gate: RateLimitGate; me: Me; connectedAt: number },
  readTree: ReadTree,
): UploadConnection {
  const { client, gate, me, connectedAt } = session
  const canLook = me.key.scopes.includes('read')
  // `reset` is "Unix epoch second when a slot frees", so it is at most one window ahead of the server's clock.
  const serverTimeThen = (me.rate_limit.reset - me.rate_limit.window_seconds) * 1000
  return {
    account: me.username,
    keyId: me.key.id,
    isAllowed: me.key.scopes.includes('upload'),
    gate,
    canLook,
    maxBytes: me.limits.upload_max_bytes,
    sendFile: (send) => client.sendFile(send),
    // Who comes by a link has no other way than a file a request.
    offersResumable: async () => !me.share && (await readAdditions()).includes('resumable'),
    sendResumable: (send) => client.sendResumable(send),
    endResumable: (at) => client.endResumable(at),
    sendBatch: (send) => client.sendBatch(send),
    offersBatch: async () => (await readAdditions()).includes('batch'),
    async findFile(job, signal) {
      const { findArrivedFile } = await import('#app/features/uploads/send/find-file.ts').catch(
        () => {
          throw new ConnectionError('The code that looks for a file could not be loaded.')
        },
      )
      return findArrivedFile(client, job, signal)
    },
    async lookFor(sought) {
      if (!canLook || sought.length === 0) return nothingKnown
      const { lookFor } = await import('#app/features/uploads/before/look-for.ts')
      return lookFor({ client, readAdditions, readTree }, sought)
    },
    async replaceBy({ folder, file_name }, name) {
      const { replaceBy } = await import('#app/features/uploads/before/replace-by.ts')
      const atOnce = (await readAdditions()).includes('rename_replace')
      await replaceBy(client, { folder, from: file_name, name, atOnce })
    },
    serverTime: () => serverTimeThen + gate.now() - connectedAt,
  }
}

const readAdditions = async () => (await serverDescription.read())?.additions ?? []

/** Deletes what came of an upload that nobody wants any more, where that is on the server. */
export function endParts(
  upload: { resumeAt?: string | null | undefined } | undefined,
  connection: UploadConnection | null,
): void {
  if (upload?.resumeAt == null) return
  void connection?.endResumable(upload.resumeAt)
  upload.resumeAt = null
}

/** How long to wait for the answer to an aborted upload, in ms: it tells what happened without another request. */
export const lastAnswerMs = 15_000

// The server may list a file a moment after the request ended.
const lookPausesMs = [0, 3_000]

/** Looks what became of an upload that was aborted after its last byte. Never rejects. */
export async function lookAfterAbort(
  job: UploadJob,
  connection: UploadConnection | null,
  clock: Clock,
): Promise<Partial<Upload>> {
  if (!connection?.canLook) return { state: 'cancelled', note: 'not_seen' }
  try {
    for (const pauseMs of lookPausesMs) {
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
      const arrived = await connection.findFile(job)
      if (arrived) {
        return { state: 'done', sentBytes: job.file.size, arrived, note: 'arrived_first' }
      }
    }
    return { state: 'cancelled', note: 'not_there' }
  } catch {
    return { state: 'cancelled', note: 'not_seen' }
  }
}

/** Ends an upload that replaces: it is there, under a number as long as the old one has its name. Never rejects. */
export async function replaceOld(
  { arrived }: Upload,
  { name }: UploadJob,
  connection: UploadConnection,
): Promise<Partial<Upload>> {
  // The same bytes are the same file: nothing to replace.
  if (arrived === null || arrived.file_name === name) return {}
  try {
    await connection.replaceBy(arrived, name)
    return { arrived: { ...arrived, file_name: name }, note: 'replaced' }
  } catch {
    return { note: 'not_replaced' }
  }
}

/** Loads the code that sends files with the first upload, to keep it out of the first load. */
export const sendOnDemand: typeof sendPack = async (task, connection, options) => {
  const { id, signal } = task
  try {
    const { sendPack } = await retryTransient(
      () => import('#app/features/uploads/send/send-pack.ts'),
      { retryPause: options.retryPause, isTransient: () => true, tries: 5, signal },
    )
    return await sendPack(task, connection, options)
  } catch {
    // After five tries the network is there, and the code is not.
    const failure = { code: 'not_loaded' } as const
    if (!signal.aborted) options.rows.change(id, { state: 'failed', failure })
    return 'over'
  }
}
