import { type Kysely, sql } from 'kysely'
import { storedName } from './stored-name.ts'

/** At most `max` in any `seconds`. */
type Limit = { max: number; seconds: number }

/** Times are epoch milliseconds of the database; `oldest` is null with nothing taken. */
type Seen = { used: number; oldest: number | null; at: number }

/** Windows as rows, one a name: exact, because the row is locked before the clock is read. */
export function createRateWindows<Tables>(database: Kysely<Tables>) {
  return {
    async take(name: string, { max, seconds }: Limit): Promise<Seen & { isTaken: boolean }> {
      const { rows } = await sql<Seen & { isTaken: boolean }>`
        select is_taken as "isTaken", used, oldest, at
        from take_rate_slot(${storedName(name)}, ${max}, ${seconds * 1000})`.execute(database)
      return rows[0] as Seen & { isTaken: boolean }
    },

    async look(name: string, { seconds }: Limit): Promise<Seen> {
      const { rows } = await sql<Seen>`
        select used, oldest, at
        from look_at_rate_window(${storedName(name)}, ${seconds * 1000})`.execute(database)
      return rows[0] as Seen
    },

    async sweep(): Promise<void> {
      // Locked ones are in use; several servers sweep at once.
      await sql`
        delete from rate_window where name in (
          select name from rate_window where until < server_now() for update skip locked
        )`.execute(database)
    },
  }
}
