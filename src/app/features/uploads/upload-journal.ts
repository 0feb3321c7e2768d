import * as z from 'zod/mini'
import type { UploadJob } from './send-upload.ts'

/** What a reload leaves of an upload: everything but its bytes. */
const journalEntry = z.object({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  size: z.number(),
  lastModified: z.number(),
  idempotencyKey: z.string(),
  notBefore: z.number(),
})

export type JournalEntry = z.infer<typeof journalEntry>

/** Web storage, or a stand-in for it. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** What is written down of an upload that is under way. */
export function entryFor(id: string, job: UploadJob): JournalEntry {
  const { file, name, folder, idempotencyKey, notBefore } = job
  const { size, lastModified } = file
  return { id, name, folder, size, lastModified, idempotencyKey, notBefore }
}

/**
 * The unfinished uploads of one key, by the key's public id. Where storage is missing, full or
 * holds nonsense there is nothing to tell after a reload, and uploads go on as ever.
 */
export function openUploadJournal(storage: TextStorage | null, keyId: string) {
  const name = `barkeep.uploads.${keyId}`
  return {
    read(): JournalEntry[] {
      try {
        return z.array(journalEntry).parse(JSON.parse(storage?.getItem(name) ?? '[]'))
      } catch {
        return []
      }
    },
    write(entries: readonly JournalEntry[]) {
      try {
        if (entries.length === 0) storage?.removeItem(name)
        else storage?.setItem(name, JSON.stringify(entries))
      } catch {
        // Full: an older journal would tell of uploads that have ended since.
        storage?.removeItem(name)
      }
    },
  }
}

export type UploadJournal = ReturnType<typeof openUploadJournal>
