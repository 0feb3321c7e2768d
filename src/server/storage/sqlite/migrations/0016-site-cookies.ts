import { type Kysely, sql } from 'kysely'

/** Sign-in cookies of sites, sealed with a key that is not in the database. */
export async function addSiteCookies(database: Kysely<unknown>): Promise<void> {
  await sql`create table site_cookies (
    user_id text not null references user (id) on delete cascade,
    site text not null,
    amount integer not null,
    sealed blob not null,
    saved_at integer not null,
    primary key (user_id, site)
  )`.execute(database)
}
