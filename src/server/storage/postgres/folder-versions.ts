import { type Kysely, sql } from 'kysely'
import type { Changes } from '#server/core/changes.ts'

/** Versions that a trigger raises with the folders themselves, in one transaction. */
export function createFolderVersions<Tables>(database: Kysely<Tables>): Changes {
  return {
    async version(userId) {
      const { rows } = await sql<{ version: number }>`
        select version from folder_version where user_id = ${userId}`.execute(database)
      return rows[0]?.version ?? 0
    },
    async tell() {},
  }
}
