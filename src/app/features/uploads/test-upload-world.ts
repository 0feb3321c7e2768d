import { ApiError } from '#app/api/api-error.ts'
import type { SendFile, SendOutcome } from '#app/api/send-file.ts'
import { settle, timeInHand } from '#app/lib/time-in-hand.ts'
import type { FileSought } from './send-upload.ts'
import type { ArrivedFile } from './upload.ts'
import type { UploadConnection } from './upload-connection.ts'
import { createUploadQueue, type UploadQueueParts } from './upload-queue.ts'

type Try = {
  send: SendFile
  /** Lets the gate open and the bytes go. */
  begin(): void
  /** Ends the try; whatever waits for it has run when this resolves. */
  end(outcome: SendOutcome): Promise<void>
}

/** A queue whose time, network and server are in the test's hand. */
export function uploadWorld(parts: UploadQueueParts = {}) {
  const { clock, retryPause, pauses, passTime } = timeInHand()
  const tries: Try[] = []
  const sought: FileSought[] = []
  let found: ArrivedFile | null = null

  const queue = createUploadQueue({
    clock,
    storage: null,
    canRead: async () => true,
    retryPause,
    ...parts,
  })

  function connection(change: Partial<UploadConnection> = {}): UploadConnection {
    return {
      account: 'alice',
      keyId: 'key-1',
      canUpload: true,
      maxBytes: 1_000,
      sendFile: (send) =>
        new Promise((resolve, reject) => {
          send.signal?.addEventListener('abort', () => reject(send.signal?.reason))
          const begin = () => send.onStart?.()
          const end = async (outcome: SendOutcome) => {
            resolve(outcome)
            await settle()
          }
          tries.push({ send, begin, end })
        }),
      findFile: async (file) => {
        sought.push(file)
        return found
      },
      serverTime: () => 7_000_000,
      estimate: ({ files }) => ({ seconds: files, limitedBy: 'requests' }),
      requestsPerMinute: () => 60,
      ...change,
    }
  }

  return {
    queue,
    tries,
    sought,
    pauses,
    passTime,
    connection,
    setFound: (file: ArrivedFile) => {
      found = file
    },
    states: () => queue.getSnapshot().uploads.map(({ name, state }) => `${name} ${state}`),
    row: (name: string) => {
      const row = queue.getSnapshot().uploads.find((upload) => upload.name === name)
      if (!row) throw new Error(`No row ${name}.`)
      return row
    },
  }
}

export function requestFor(name: string, size = 10, folder = '/Films/') {
  return { file: new File(['x'.repeat(size)], name), folder, name }
}

export function sent({ file, name, folder }: SendFile): SendOutcome {
  const place = { tracking_id: 't', file_name: name, link: 'https://s.example/t', folder }
  return { outcome: 'sent', reply: { status: 'ok', size: file.size, ...place } }
}

export function refused(code: string, status: number, message = 'No.'): SendOutcome {
  const error = new ApiError({ code, status, message })
  return { outcome: 'refused', error, mayHaveArrived: false }
}

export const first = <T>(list: readonly T[], index = 0): T => {
  const value = list[index]
  if (value === undefined) throw new Error(`Nothing at ${index}.`)
  return value
}
