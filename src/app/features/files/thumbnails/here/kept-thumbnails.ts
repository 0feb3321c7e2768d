import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { onForgetPictures, picturesDatabase } from '#app/lib/kept-pictures.ts'
import type { Thumbnail } from './shrink-picture.ts'

/** Together at most 48 MB of the disk. */
const most = { count: 2_000, bytes: 24_576 }

interface Schema extends DBSchema {
  thumbnails: {
    key: string
    value: { link: string; bytes: ArrayBuffer; type: string; shape: number; usedAt: number }
    indexes: { usedAt: number }
  }
}

type Database = IDBPDatabase<Schema>

export type KeptThumbnails = {
  find(link: string): Promise<Thumbnail | null>
  keep(link: string, thumbnail: Thumbnail): Promise<void>
}

/**
 * Small pictures that outlive the page, by their links, until the session ends; what was used longest ago
 * goes first. Never throws: without storage they are made again.
 */
export function createKeptThumbnails(limits = most): KeptThumbnails {
  let opened: Promise<Database | null> | null = null
  let database: Database | null = null

  // Another tab, or this one, deletes it: an open connection would hold that up.
  function close(): void {
    database?.close()
    database = null
    opened = null
  }
  onForgetPictures(close)

  async function open(): Promise<Database | null> {
    try {
      database = await openDB<Schema>(picturesDatabase, 1, {
        upgrade: (made) =>
          void made
            .createObjectStore('thumbnails', { keyPath: 'link' })
            .createIndex('usedAt', 'usedAt'),
        blocking: close,
        terminated: close,
      })
      return database
    } catch {
      return null
    }
  }

  async function attempt<T>(use: (database: Database) => Promise<T>): Promise<T | null> {
    opened ??= open()
    const there = await opened
    return there && (await use(there).catch(() => null))
  }

  return {
    find: (link) =>
      attempt(async (there) => {
        const found = await there.get('thumbnails', link)
        if (!found) return null
        void there.put('thumbnails', { ...found, usedAt: Date.now() }).catch(() => {})
        return { blob: new Blob([found.bytes], { type: found.type }), shape: found.shape }
      }),
    async keep(link, { blob, shape }) {
      if (blob.size > limits.bytes) return
      // Bytes, because some browsers lose blobs that they keep.
      const bytes = await blob.arrayBuffer()
      await attempt(async (there) => {
        const { store, done } = there.transaction('thumbnails', 'readwrite')
        await store.put({ link, bytes, type: blob.type, shape, usedAt: Date.now() })
        let over = (await store.count()) - limits.count
        for (
          let at = over > 0 ? await store.index('usedAt').openCursor() : null;
          at && over > 0;
        ) {
          await at.delete()
          over -= 1
          at = await at.continue()
        }
        await done
      })
    },
  }
}
