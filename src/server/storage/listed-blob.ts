import type { Database } from './database.ts'

/** Whether a file names these bytes, also one in the trash. */
export async function isBlobListed(database: Database, blobId: string): Promise<boolean> {
  const row = await database
    .selectFrom('file')
    .select('id')
    .where('blob_id', '=', blobId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
