import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb'
import * as z from 'zod/mini'
import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import type { FileSource, KeptUpload } from '#app/features/uploads/upload.ts'

const storedEntry = z.object({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  path: z.optional(z.nullable(z.string())),
  handleId: z.optional(z.nullable(z.string())),
  size: z.number(),
  lastModified: z.number(),
  idempotencyKey: z.string(),
  notBefore: z.number(),
  mayHaveArrived: z.boolean(),
  resumeAt: z.optional(z.nullable(z.string())),
  replaces: z.optional(z.boolean()),
  /** The key's public id, never the key. */
  keyId: z.string(),
  /** The page that uploads it. Only a page that is gone leaves interrupted uploads. */
  pageId: z.string(),
  /** Epoch ms when it was stored, made unique so that the order is kept. */
  order: z.number(),
})

type StoredEntry = z.infer<typeof storedEntry>

/** What was dropped, for the uploads of `handleId`: kept as the browser's own object. */
type StoredSource = FileSource & { keyId: string; pageId: string }
type PageIndex = { page: [keyId: string, pageId: string] }

interface Schema extends DBSchema {
  uploads: { key: string; value: StoredEntry; indexes: PageIndex }
  sources: { key: string; value: StoredSource; indexes: PageIndex }
}

const stores = ['uploads', 'sources'] as const
type Store<Name extends (typeof stores)[number]> = IDBPObjectStore<
  Schema,
  [Name],
  Name,
  'readwrite'
>

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
  /** Stores what was dropped. A browser that cannot store it keeps the uploads without. Never rejects. */
  keepSources(keyId: string, sources: readonly FileSource[]): Promise<void>
  /** What was dropped, by its id; null if it is not kept. */
  findSource(id: string): Promise<FileSystemHandle | null>
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
  const database = await openDB<Schema>(name, 2, {
    upgrade(upgraded) {
      for (const missing of stores) {
        if (upgraded.objectStoreNames.contains(missing)) continue
        upgraded
          .createObjectStore(missing, { keyPath: 'id' })
          .createIndex('page', ['keyId', 'pageId'])
      }
    },
    // Do not block a newer version in another tab.
    blocking: () => database.close(),
  })
  const uploads = new StoredUploads(database, claims, now)
  const sources = createSourceStore(database, claims)
  const inTurn = createTurns()
  return {
    async recover(keyId, onFound) {
      const takings = (await pagesOf(database, keyId)).map(async (page) => {
        if (!(await claims.claim(page))) return
        const entries = await uploads.takeOver(keyId, page)
        // Those of this page may wait for rows that are not written yet.
        if (page !== claims.pageId) await sources.takeOver([keyId, page], entries)
        if (entries.length > 0) onFound(entries)
      })
      await Promise.all(takings)
    },
    keep: (keyId, changes) => inTurn(() => uploads.keep(keyId, changes)),
    keepSources: sources.keep,
    findSource: async (id) => (await database.get('sources', id))?.handle ?? null,
    forget: () =>
      inTurn(async () => {
        await uploads.forget()
        await sources.forget()
      }),
    leave: () =>
      void inTurn(async () => {
        uploads.leave()
        sources.leave()
      }),
  }
}

/** One after the other, with a pause: what changes in a crowd is written together. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return (work: () => Promise<void>): Promise<void> => {
    const next = last.then(work)
    last = next.catch(() => {}).then(() => new Promise((resolve) => setTimeout(resolve, pauseMs)))
    return next
  }
}

class StoredUploads {
  readonly #database: IDBPDatabase<Schema>
  readonly #claims: PageClaims
  readonly #now: () => number
  /** By id, a stamp of what may change in an entry. */
  readonly #written = new Map<string, string>()
  #lastOrder = 0

  constructor(database: IDBPDatabase<Schema>, claims: PageClaims, now: () => number) {
    this.#database = database
    this.#claims = claims
    this.#now = now
  }

  async takeOver(keyId: string, pageId: string): Promise<StoredEntry[]> {
    const page = IDBKeyRange.only([keyId, pageId])
    const stored = await this.#database.getAllFromIndex('uploads', 'page', page)
    const [entries, stale] = [[] as StoredEntry[], [] as string[]]
    for (const entry of stored) {
      const isFresh = storedEntry.safeParse(entry).success && this.#now() - entry.order < keptMs
      if (isFresh) entries.push(entry)
      else stale.push(entry.id)
    }
    await this.#remove(stale)
    entries.sort((a, b) => a.order - b.order)
    for (const entry of entries) this.#written.set(entry.id, stampOf(keyId, entry))
    return entries
  }

  async keep(keyId: string, changes: ReadonlyMap<string, KeptUpload | null>): Promise<void> {
    const gone = [...changes].filter(([id, entry]) => entry === null && this.#written.has(id))
    await this.#remove(gone.map(([id]) => id))
    const entries = [...changes.values()].filter((entry) => entry !== null)
    await this.#put(
      keyId,
      entries.filter((entry) => this.#written.get(entry.id) !== stampOf(keyId, entry)),
    )
  }

  forget(): Promise<void> {
    return this.#remove([...this.#written.keys()])
  }

  leave(): void {
    this.#written.clear()
  }

  async #remove(ids: readonly string[]): Promise<void> {
    await inBatches(ids, (batch) =>
      change(this.#database, 'uploads', (store) => batch.map((id) => store.delete(id))),
    )
    for (const id of ids) this.#written.delete(id)
  }

  async #put(keyId: string, entries: readonly KeptUpload[]): Promise<void> {
    if (entries.length === 0) return
    const { pageId } = this.#claims
    await this.#claims.show()
    await inBatches(entries, async (batch) => {
      await change(this.#database, 'uploads', (store) =>
        batch.map((entry) => {
          this.#lastOrder = Math.max(this.#lastOrder + 1e-3, this.#now())
          return store.put({ ...entry, keyId, pageId, order: this.#lastOrder })
        }),
      )
      for (const entry of batch) this.#written.set(entry.id, stampOf(keyId, entry))
    })
  }
}

/** What was dropped, beside the uploads. */
function createSourceStore(database: IDBPDatabase<Schema>, claims: PageClaims) {
  const ids = new Set<string>()

  async function remove(some: readonly string[]): Promise<void> {
    await inBatches(some, (batch) =>
      change(database, 'sources', (store) => batch.map((id) => store.delete(id))),
    )
    for (const id of some) ids.delete(id)
  }

  return {
    async keep(keyId: string, sources: readonly FileSource[]): Promise<void> {
      const { pageId } = claims
      // Before it is there, so that no other page takes it for what one left that is gone.
      await claims.show()
      const put = (batch: readonly FileSource[]) =>
        change(database, 'sources', (store) =>
          batch.map((source) => store.put({ ...source, keyId, pageId })),
        )
      await inBatches(sources, put).catch(() => {})
      for (const { id } of sources) ids.add(id)
    },
    /** Deletes what no upload needs any more. */
    async takeOver(page: [string, string], uploads: readonly StoredEntry[]): Promise<void> {
      const needed = new Set(uploads.map(({ handleId }) => handleId))
      const found = await database.getAllKeysFromIndex('sources', 'page', IDBKeyRange.only(page))
      for (const id of found) if (needed.has(id)) ids.add(id)
      await remove(found.filter((id) => !needed.has(id)))
    },
    forget: () => remove([...ids]),
    leave: () => ids.clear(),
  }
}

/** One transaction: all of it, or nothing. */
async function change<Name extends (typeof stores)[number]>(
  database: IDBPDatabase<Schema>,
  name: Name,
  ask: (store: Store<Name>) => Promise<unknown>[],
): Promise<void> {
  const { store, done } = database.transaction(name, 'readwrite')
  await Promise.all([...ask(store), done])
}

async function pagesOf(database: IDBPDatabase<Schema>, keyId: string): Promise<string[]> {
  const pages = new Set<string>()
  const range = IDBKeyRange.bound([keyId], [keyId, []])
  for (const name of stores) {
    const index = database.transaction(name).store.index('page')
    let cursor = await index.openKeyCursor(range, 'nextunique')
    for (; cursor; cursor = await cursor.continue()) pages.add(cursor.key[1])
  }
  return [...pages]
}

function stampOf(keyId: string, kept: KeptUpload): string {
  const { idempotencyKey, mayHaveArrived, handleId, resumeAt, replaces } = kept
  return `${keyId} ${idempotencyKey} ${mayHaveArrived} ${handleId ?? ''} ${resumeAt ?? ''} ${replaces}`
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
