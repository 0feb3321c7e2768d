import type { Database } from '#server/storage/database.ts'
import { isBlobListed } from '#server/storage/listed-blob.ts'

const rowsAtOnce = 1_000

/** A file as a check needs it; `folderId` null in the trash. */
export type CheckedFile = {
  id: string
  username: string | null
  name: string
  blobId: string
  size: number
  sha256: string
  isTrashed: boolean
}

export type CheckRepository = ReturnType<typeof createCheckRepository>

/** The only SQL of the check. It changes nothing. */
export function createCheckRepository(database: Database) {
  return {
    /** All files of all accounts, those in the trash too. */
    async *files(): AsyncGenerator<CheckedFile> {
      for (let after = ''; ; ) {
        const rows = await database
          .selectFrom('file')
          .innerJoin('user', 'user.id', 'file.user_id')
          .select(['file.id', 'file.name', 'blob_id', 'size', 'sha256', 'folder_id', 'username'])
          .where('file.id', '>', after)
          .orderBy('file.id')
          .limit(rowsAtOnce)
          .execute()
        for (const { id, name, blob_id: blobId, size, sha256, folder_id, username } of rows) {
          yield { id, username, name, blobId, size, sha256, isTrashed: folder_id === null }
        }
        const last = rows.at(-1)
        if (last === undefined || rows.length < rowsAtOnce) return
        after = last.id
      }
    },

    isListed: (blobId: string) => isBlobListed(database, blobId),

    /** Blobs that are on their way in or out: no file names them, and something else answers for them. */
    async underWay(): Promise<Set<string>> {
      const found = new Set<string>()
      for (const table of ['blob_claim', 'doomed_blob', 'partial_blob'] as const) {
        const rows = await database.selectFrom(table).select('blob_id').execute()
        for (const { blob_id } of rows) found.add(blob_id)
      }
      return found
    },
  }
}
