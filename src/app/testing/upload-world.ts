import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { ApiError } from '#app/api/http/api-error.ts'
import type { SendFile, SendOutcome } from '#app/api/http/send-file.ts'
import type { UploadQueueOptions } from '#app/features/uploads/queue/upload-connection.ts'
import type { JournalAccess } from '#app/features/uploads/queue/upload-keeper.ts'
import { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import { sendUpload } from '#app/features/uploads/send/send-upload.ts'
import {
  type ArrivedFile,
  type KeptUpload,
  nothingKnown,
  type UploadConnection,
  type UploadJob,
} from '#app/features/uploads/upload.ts'
import { manualTime, settle } from './manual-clock.ts'

/** An upload journal in memory. */
export function memoryJournal() {
  const kept = new Map<string, KeptUpload & { keyId: string }>()
  const sources = new Map<string, FileSystemHandle>()
  const state = { isRefused: false }
  const access: JournalAccess = {
    isThere: async () => true,
    async open() {
      if (state.isRefused) throw new Error('No storage.')
      const written = new Set<string>()
      return {
        async recover(keyId, onFound) {
          const found = [...kept.values()].filter((entry) => entry.keyId === keyId)
          for (const { id } of found) written.add(id)
          if (found.length > 0) onFound(found.map(({ keyId: _, ...entry }) => entry))
        },
        async keep(keyId, changes) {
          for (const [id, entry] of changes) {
            if (entry === null) kept.delete(id)
            else {
              kept.set(id, { ...entry, keyId })
              written.add(id)
            }
          }
        },
        async keepSources(_keyId, some) {
          for (const { id, handle } of some) sources.set(id, handle)
        },
        findSource: async (id) => sources.get(id) ?? null,
        async forget() {
          for (const id of written) kept.delete(id)
        },
        leave: () => written.clear(),
      }
    },
  }
  return { access, kept, sources, state }
}

type Try = {
  send: SendFile
  /** Lets the request through the gate. */
  begin(): void
  /** Ends the try, and resolves when its consequences have run. */
  end(outcome: SendOutcome): Promise<void>
}

// One request a second.
const gate = {
  estimateMs: (requests: number) => requests * 1_000,
  getSnapshot: () => ({ limit: 60 }),
} as RateLimitGate

/** A queue whose time, network and server the test controls. */
export function uploadWorld(overrides: UploadQueueOptions = {}) {
  const { clock, passTime, retryPause, pauses } = manualTime()
  const tries: Try[] = []
  const sought: (UploadJob & { size: number })[] = []
  let found: ArrivedFile | null = null

  const queue = new UploadQueue({
    clock,
    tab: { clock, openChannel: null, pageId: 'page' },
    journal: memoryJournal().access,
    sendUpload,
    canRead: async () => true,
    retryPause,
    ...overrides,
  })

  function connection(change: Partial<UploadConnection> = {}): UploadConnection {
    return {
      account: 'alice',
      keyId: 'key-1',
      isAllowed: true,
      canLook: true,
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
      offersResumable: async () => false,
      sendResumable: () => Promise.reject(new Error('The server takes no parts.')),
      endResumable: async () => {},
      offersBatch: async () => false,
      sendBatch: () => Promise.reject(new Error('The server offers no batch.')),
      findFile: async (job) => {
        sought.push({ ...job, size: job.file.size })
        return found
      },
      lookFor: async () => nothingKnown,
      replaceBy: async () => {},
      serverTime: () => 7_000_000,
      gate,
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
    states: () => queue.all().map(({ name, state }) => `${name} ${state}`),
    row: (name: string) => {
      const row = queue.all().find((upload) => upload.name === name)
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
