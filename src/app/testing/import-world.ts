import type { ApiClient } from '#app/api/http/client.ts'
import type { PollingLeader } from '#app/api/tabs/polling-leader.ts'
import type { ImportNews, ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { ImportQueue, type ImportQueueOptions } from '#app/features/imports/queue/import-queue.ts'
import { guardStorage } from '#app/lib/browser/storage.ts'
import { manualTime, settle } from './manual-clock.ts'

type Call = {
  path: string
  lane: string
  query: Record<string, unknown>
  body: Record<string, unknown>
  idempotencyKey: string | undefined
  signal: AbortSignal | undefined
  /** Lets the request through the gate. */
  begin(): void
  answer(reply: unknown): Promise<void>
  fail(error: unknown): Promise<void>
}

export const options: ImportOptions = {
  type: 'auto',
  quality: 'best',
  subtitles: false,
  thumbnail: false,
  folder: '/Films/',
  fileName: '',
}

/** Web storage that a test can look into. */
export function memoryStorage() {
  const map = new Map<string, string>()
  return {
    map,
    get length() {
      return map.size
    },
    key: (index: number) => [...map.keys()][index] ?? null,
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, value: string) => void map.set(name, value),
    removeItem: (name: string) => void map.delete(name),
    clear: () => map.clear(),
  }
}

/** Joins the tabs of one browser: what one publishes the others hear. */
export function createTabs() {
  const listeners = new Set<(news: ImportNews) => void>()
  return (isLeader: boolean): PollingLeader<ImportNews> => {
    let own: ((news: ImportNews) => void) | null = null
    return {
      isLeader: () => isLeader,
      onChange: () => () => {},
      publish(news) {
        for (const listener of listeners) if (listener !== own) listener(news)
      },
      subscribe(listener) {
        own = listener
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      close() {
        if (own) listeners.delete(own)
      },
    }
  }
}

function refuseStorage(): never {
  throw new DOMException('No storage.', 'SecurityError')
}

type ImportWorldOptions = Omit<ImportQueueOptions, 'storage'> & {
  /** If left out, the browser refuses to store anything. */
  storage?: Storage
}

const refuse = () => Promise.reject(new Error('Not here.'))
const noUploads = {
  sendFile: refuse,
  sendBatch: refuse,
  sendResumable: refuse,
  endResumable: refuse,
}

/** A queue whose time, server, storage and tabs the test controls. */
export function importWorld({ storage, ...overrides }: ImportWorldOptions = {}) {
  const { clock, passTime, retryPause, pauses } = manualTime()
  const calls: Call[] = []
  const reconnects = new Set<() => void>()
  const call = ((endpoint, request) =>
    new Promise((resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason))
      calls.push({
        path: endpoint.path.replace('/api/v1/', ''),
        lane: request.lane,
        query: (request.query ?? {}) as Record<string, unknown>,
        body: (request.body ?? {}) as Record<string, unknown>,
        idempotencyKey: request.idempotencyKey,
        signal: request.signal,
        begin: () => request.onStart?.(),
        async answer(reply) {
          request.onStart?.()
          resolve(endpoint.reply.parse(reply) as never)
          await settle()
        },
        async fail(error) {
          reject(error)
          await settle()
        },
      })
    })) as ApiClient['call']
  const client: ApiClient = { ...noUploads, call }
  const joinTabs = createTabs()
  const queue = new ImportQueue({
    clock,
    wallClock: () => 1_000_000 + clock.now(),
    storage: guardStorage(() => storage ?? refuseStorage()),
    tabId: 'tab-1',
    // Every other page is gone.
    openClaims: async () => ({ show: async () => {}, claim: async () => true }),
    isHidden: () => false,
    createLeader: () => joinTabs(true),
    onReconnect(listener) {
      reconnects.add(listener)
      return () => reconnects.delete(listener)
    },
    retryPause,
    random: () => 1,
    ...overrides,
  })
  const connection = (change = {}) => ({
    account: 'alice',
    keyId: 'key-1',
    isAllowed: true,
    client,
    ...change,
  })
  return {
    queue,
    calls,
    pauses,
    passTime,
    connection,
    reconnect: () => {
      for (const listener of reconnects) listener()
    },
    states: () => queue.all().map(({ link, state }) => `${link} ${state}`),
    job: (link = 'https://a.example/') => {
      const found = queue.all().find((job) => job.link === link)
      if (!found) throw new Error(`No import of ${link}.`)
      return found
    },
    last: () => {
      const found = calls.at(-1)
      if (!found) throw new Error('Nothing was asked.')
      return found
    },
  }
}

export const link = 'https://a.example/'
export const started = (task_id = 'task-1') => ({ status: 'ok', type: 'video', task_id })
export const status = (task: object) => ({
  status: 'ok',
  task: { id: 'task-1', type: 'video', state: 'running', progress: '', ...task },
})

export async function runningWorld(overrides: ImportWorldOptions = {}) {
  const world = importWorld(overrides)
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  await world.last().answer(started())
  return world
}
