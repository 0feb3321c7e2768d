import { type Kysely, sql } from 'kysely'
import { storedName } from './stored-name.ts'

/** Of one account. */
const maxKnown = 20

/** From where each account has signed in, on whatever server. */
export function createStoredAddresses<Tables>(database: Kysely<Tables>) {
  return {
    async has(username: string, address: string): Promise<boolean> {
      const { rows } = await sql`
        select 1 from known_address
        where username = ${storedName(username)} and address = ${storedName(address)}`.execute(
        database,
      )
      return rows.length > 0
    },

    async add(username: string, address: string): Promise<void> {
      const name = storedName(username)
      await sql`
        insert into known_address values (${name}, ${storedName(address)}, server_now())
        on conflict (username, address) do update set seen_at = excluded.seen_at`.execute(database)
      await sql`
        delete from known_address where username = ${name} and address not in (
          select address from known_address where username = ${name}
          order by seen_at desc limit ${maxKnown}
        )`.execute(database)
    },
  }
}
