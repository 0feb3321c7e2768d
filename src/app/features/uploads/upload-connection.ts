import type { SendFile, SendOutcome } from '#app/api/send-file.ts'
import type { FileSought } from './send-upload.ts'
import type { ArrivedFile } from './upload.ts'
import type { RequestWindow } from './upload-rows.ts'

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
