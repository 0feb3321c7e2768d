import { sql } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import type { StoreReadings } from './metrics.ts'

/** What the database says of itself and of the work that is noted there. */
export function createStoreReadings(
  database: Database,
): Pick<StoreReadings, 'countImports'> & { isReachable(): Promise<boolean> } {
  return {
    async isReachable() {
      await sql`select 1`.execute(database)
      return true
    },
    countImports: () =>
      database
        .selectFrom('import_task')
        .select((row) => ['state', row.fn.countAll<number>().as('count')])
        .groupBy('state')
        .execute(),
  }
}
