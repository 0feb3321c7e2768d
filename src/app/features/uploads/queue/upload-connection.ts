import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { ConnectionError } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { sendUpload } from '#app/features/uploads/send/send-upload.ts'
import type { Upload, UploadConnection, UploadJob } from '#app/features/uploads/upload.ts'
import type { Clock } from '#app/lib/clock.ts'
import { retryTransient } from '#app/lib/retry.ts'
import type { Me } from '#contract/account.ts'

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
    isAllowed: me.key.scopes.includes('upload'),
    gate,
    canLook: me.key.scopes.includes('read'),
    maxBytes: me.limits.upload_max_bytes,
    sendFile: (send) => client.sendFile(send),
    async findFile(job, signal) {
      const { findArrivedFile } = await import('#app/features/uploads/send/find-file.ts').catch(
        () => {
          throw new ConnectionError('The code that looks for a file could not be loaded.')
        },
      )
      return findArrivedFile(client, job, signal)
    },
    serverTime: () => serverTimeThen + gate.now() - connectedAt,
  }
}

/** For the answer to a file that was aborted after its last byte: it tells the truth and costs nothing. */
export const lastAnswerMs = 15_000

// What the server was storing when the request ended may be listed a moment later.
const lookPausesMs = [0, 3_000]

/** What became of an upload whose request was ended after its last byte. Never rejects. */
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

/** Loads the code that sends files with the first upload: the first screen needs none of it. */
export const sendOnDemand: typeof sendUpload = async (task, connection, options) => {
  const { id, signal } = task
  try {
    const { sendUpload } = await retryTransient(
      () => import('#app/features/uploads/send/send-upload.ts'),
      { retryPause: options.retryPause, isTransient: () => true, tries: 5, signal },
    )
    return await sendUpload(task, connection, options)
  } catch {
    // By now the network is there and the code is not.
    const failure = { code: 'not_loaded' } as const
    if (!signal.aborted) options.rows.change(id, { state: 'failed', failure })
    return 'over'
  }
}
