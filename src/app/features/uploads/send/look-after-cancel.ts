import type { SendFile, SendOutcome } from '#app/api/http/send-file.ts'
import type { ArrivedFile, Upload } from '#app/features/uploads/model/upload.ts'
import type { RequestWindow } from '#app/features/uploads/model/upload-rows.ts'
import type { Clock } from '#app/lib/clock.ts'
import type { FileSought, UploadJob } from './send-upload.ts'

/** For the answer to a file that was cancelled after its last byte: it tells the truth and costs nothing. */
export const lastAnswerMs = 15_000

// What the server was storing when the request ended may be listed a moment later.
const looks = [0, 3_000]

export const arrivedFirst = 'It had arrived before it was cancelled.'
const notThere = 'All of it had been sent, but it is not in its folder.'
const unknown = 'All of it had been sent: whether it arrived could not be seen.'

/** What became of an upload whose request was ended after its last byte. Never rejects. */
export async function lookAfterCancel(
  job: UploadJob,
  connection: UploadConnection | null,
  clock: Clock,
): Promise<Partial<Upload>> {
  const { file, folder, name, notBefore } = job
  if (!connection?.canLook) return { state: 'cancelled', note: unknown }
  try {
    for (const pauseMs of looks) {
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
      const { signal } = new AbortController()
      const sought = { folder, name, size: file.size, notBefore, signal }
      const arrived = await connection.findFile(sought)
      if (arrived) return { state: 'done', sentBytes: file.size, arrived, note: arrivedFirst }
    }
    return { state: 'cancelled', note: notThere }
  } catch {
    return { state: 'cancelled', note: unknown }
  }
}

/** What one connected key can do for the queue. `connect-uploads.ts` makes it from client and gate. */
export type UploadConnection = RequestWindow & {
  /** Whose files these are: another account gets an empty queue. */
  account: string
  /** The key's public id: names the journal of what a reload interrupts. */
  keyId: string
  /** False: the key lacks the scope, and the queue waits for another key of the account. */
  canUpload: boolean
  /** False: the key may not list folders, so nobody can see what arrived. */
  canLook: boolean
  maxBytes: number
  sendFile(send: SendFile): Promise<SendOutcome>
  /** The file if it came to its folder since `notBefore`, else null. */
  findFile(sought: FileSought): Promise<ArrivedFile | null>
  /** The earliest that the server's clock can show now, in epoch ms: this machine's may be wrong by hours. */
  serverTime(): number
}
