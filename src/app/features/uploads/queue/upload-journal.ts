import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb'
import * as z from 'zod/mini'
import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import type { KeptUpload } from '#app/features/uploads/upload.ts'

const storedEntry = z.object({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  path: z.optional(z.nullable(z.string())),
  size: z.number(),
  lastModified: z.number(),
  idempotencyKey: z.string(),
  notBefore: z.number(),
  mayHaveArrived: z.boolean(),
  /** The key's public id, never the key. */
  keyId: z.string(),
  /** The page that uploads it. Only a page that is gone leaves interrupted uploads. */
  pageId: z.string(),
  /** Epoch ms when it was stored, made unique so that the order is kept. */
  order: z.number(),
})

type StoredEntry = z.infer<typeof storedEntry>

interface Schema extends DBSchema {
  uploads: { key: string; value: StoredEntry; indexes: { page: [keyId: string, pageId: string] } }
}

type UploadStore = IDBPObjectStore<Schema, ['uploads'], 'uploads', 'readwrite'>

export type UploadJournal = {
  /**
   * Takes over the key's uploads of pages that are gone; calls `onFound` for each such page.
   *
   * @throws DOMException when the browser refuses its storage
   */
  recover(keyId: string, onFound: (entries: KeptUpload[]) => void): Promise<void>
  /**
   * Stores these uploads by their ids, or deletes those that are null; others stay as they are.
   *
   * @throws DOMException when some did not fit; the others are stored
   */
  keep(keyId: string, changes: ReadonlyMap<string, KeptUpload | null>): Promise<void>
  /** Deletes all that this page has stored or taken over. */
  forget(): Promise<void>
  /** Leaves what is stored as it is: from now on the page has other uploads. */
  leave(): void
}

const keptMs = 7 * 86_400_000
// A reload in the middle loses only the batches that were not written yet.
const batchSize = 500
/** So much may be lost by a reload: sending a file again that arrived is safe. */
const pauseMs = 100

/** Opens the journal of unfinished uploads in IndexedDB, because web storage is full at about 10,000 of them. */
export async function openUploadJournal(
  name: string,
  claims: PageClaims,
  now: () => number = Date.now,
): Promise<UploadJournal> {
  const database = await openDB<Schema>(name, 1, {
    upgrade(upgraded) {
      const store = upgraded.createObjectStore('uploads', { keyPath: 'id' })
      store.createIndex('page', ['keyId', 'pageId'])
    },
    // Do not block a newer version in another tab.
    blocking: () => database.close(),
  })
  /** By id, a stamp of what may change in an entry. */
  const written = new Map<string, string>()
  let lastOrder = 0
  let last: Promise<unknown> = Promise.resolve()

  async function takeOver(keyId: string, pageId: string): Promise<KeptUpload[]> {
    if (!(await claims.claim(pageId))) return []
    const range = IDBKeyRange.only([keyId, pageId])
    const stored = await database.getAllFromIndex('uploads', 'page', range)
    const isFresh = (entry: StoredEntry) =>
      storedEntry.safeParse(entry).success && now() - entry.order < keptMs
    await remove(stored.filter((entry) => !isFresh(entry)).map(({ id }) => id))
    const entries = stored.filter(isFresh).sort((a, b) => a.order - b.order)
    for (const entry of entries) written.set(entry.id, stampOf(keyId, entry))
    return entries
  }

  /** One transaction: all of it, or nothing. */
  async function change(ask: (store: UploadStore) => Promise<unknown>[]): Promise<void> {
    const { store, done } = database.transaction('uploads', 'readwrite')
    await Promise.all([...ask(store), done])
  }

  async function remove(ids: readonly string[]): Promise<void> {
    await inBatches(ids, async (batch) => {
      await change((store) => batch.map((id) => store.delete(id)))
    })
    for (const id of ids) written.delete(id)
  }

  async function put(keyId: string, entries: readonly KeptUpload[]): Promise<void> {
    if (entries.length === 0) return
    await claims.show()
    await inBatches(entries, async (batch) => {
      await change((store) =>
        batch.map((entry) => {
          lastOrder = Math.max(lastOrder + 1e-3, now())
          return store.put({ ...entry, keyId, pageId: claims.pageId, order: lastOrder })
        }),
      )
      for (const entry of batch) written.set(entry.id, stampOf(keyId, entry))
    })
  }

  async function keepNow(
    keyId: string,
    changes: ReadonlyMap<string, KeptUpload | null>,
  ): Promise<void> {
    const gone = [...changes].filter(([id, entry]) => entry === null && written.has(id))
    await remove(gone.map(([id]) => id))
    const entries = [...changes.values()].filter((entry) => entry !== null)
    await put(
      keyId,
      entries.filter((entry) => written.get(entry.id) !== stampOf(keyId, entry)),
    )
  }

  /** One after the other, with a pause: what changes in a crowd is written together. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const next = last.then(work)
    last = next.catch(() => {}).then(() => new Promise((resolve) => setTimeout(resolve, pauseMs)))
    return next
  }

  return {
    async recover(keyId, onFound) {
      const pages = await pagesOf(database, keyId)
      const takings = pages.map(async (page) => {
        const entries = await takeOver(keyId, page)
        if (entries.length > 0) onFound(entries)
      })
      await Promise.all(takings)
    },
    keep: (keyId, changes) => inTurn(() => keepNow(keyId, changes)),
    forget: () => inTurn(() => remove([...written.keys()])),
    leave: () => void inTurn(async () => written.clear()),
  }
}

async function pagesOf(database: IDBPDatabase<Schema>, keyId: string): Promise<string[]> {
  const pages: string[] = []
  const range = IDBKeyRange.bound([keyId], [keyId, []])
  const index = database.transaction('uploads').store.index('page')
  let cursor = await index.openKeyCursor(range, 'nextunique')
  for (; cursor; cursor = await cursor.continue()) pages.push(cursor.key[1])
  return pages
}

function stampOf(keyId: string, { idempotencyKey, mayHaveArrived }: KeptUpload): string {
  return `${keyId} ${idempotencyKey} ${mayHaveArrived}`
}

/** @throws the first failure, once all batches have been tried */
async function inBatches<Item>(
  items: readonly Item[],
  run: (batch: readonly Item[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  for (let at = 0; at < items.length; at += batchSize) {
    await run(items.slice(at, at + batchSize)).catch((error) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}
