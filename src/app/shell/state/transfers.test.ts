import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newJob, storeImport } from '#app/features/imports/queue/import-job.ts'
import { createStore } from '#app/lib/store.ts'
import { options as importOptions } from '#app/testing/import-world.ts'
import type { TransferSession } from './transfer-queues.ts'
import { createTransfers } from './transfers.ts'

// There is no page to show anything in.
vi.mock('#app/lib/browser/page-progress.ts', () => ({
  createPageProgress: () => ({ show: () => {} }),
}))

const stored = new Map<string, string>()

beforeEach(() => {
  stored.clear()
  vi.useFakeTimers()
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('indexedDB', { databases: async () => [] })
  vi.stubGlobal('localStorage', {
    get length() {
      return stored.size
    },
    key: (index: number) => [...stored.keys()][index] ?? null,
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function connected() {
  const session = createStore<TransferSession | null>(null)
  const transfers = createTransfers({ session, findCache: () => null })
  session.set({
    me: {
      username: 'alice',
      key: { id: 'k1', scopes: [] },
      limits: { upload_max_bytes: 1 },
      rate_limit: { reset: 60, window_seconds: 60 },
    },
    client: {},
    gate: { now: () => 0 },
    connectedAt: 0,
  } as unknown as TransferSession)
  return transfers
}

/** As another tab of this browser stores it. */
function storeJob(): string {
  const place = { link: 'https://a.example/1', options: importOptions, tabId: 'other', addedAt: 1 }
  const job = { ...newJob(place), taskId: 't1', state: 'running' as const }
  const name = `barkeep.imports.k1.${job.id}`
  stored.set(name, JSON.stringify(storeImport(job)))
  return name
}

type Transfers = ReturnType<typeof connected>
const rowsOf = (transfers: Transfers) =>
  transfers.getSnapshot()?.imports.getSnapshot().totals.all ?? null

test('without anything kept the queues come with the first thing a person does, or after a while', async () => {
  const busy = connected()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(busy.getSnapshot()).toBeNull()
  document.dispatchEvent(new Event('pointerdown'))
  await vi.waitFor(() => expect(rowsOf(busy)).toBe(0), 30_000)
  const idle = connected()
  await vi.advanceTimersByTimeAsync(6_000)
  await vi.waitFor(() => expect(rowsOf(idle)).toBe(0), 30_000)
})

test('what a reload left is shown at once', async () => {
  storeJob()
  const transfers = connected()
  await vi.waitFor(() => expect(rowsOf(transfers)).toBe(1), 30_000)
})

test('where this browser may keep uploads, or cannot tell, they are looked for', async () => {
  vi.stubGlobal('indexedDB', {})
  const transfers = connected()
  await vi.waitFor(() => expect(rowsOf(transfers)).toBe(0), 30_000)
})

test('the first import of another tab is shown too', async () => {
  const transfers = connected()
  const tell = (key: string) => window.dispatchEvent(Object.assign(new Event('storage'), { key }))
  await vi.advanceTimersByTimeAsync(0)
  tell('barkeep.imports.k2.x')
  tell(storeJob())
  await vi.waitFor(() => expect(rowsOf(transfers)).toBe(1), 30_000)
})

test('nobody who is not connected is given queues', async () => {
  const session = createStore<TransferSession | null>(null)
  const transfers = createTransfers({ session, findCache: () => null })
  document.dispatchEvent(new Event('keydown'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(transfers.getSnapshot()).toBeNull()
  expect(transfers.hasUnfinished()).toBe(false)
})
