import { type RawBuilder, sql } from 'kysely'
import type { AccessHolder } from '#server/core/access-watch.ts'
import { leaseTime } from '#server/core/config.ts'
import type { Database } from '#server/storage/database.ts'
import type { HeldLease } from './held-leases.ts'

/** Of a server that ended without a word, the others have the tasks after so long. */
export const leaseMs = leaseTime(25_000)
/** The server that looked at a link holds its answer open, and some links work once: the others leave it to it. */
export const ownForMs = { looked: 10_000, other: 2_000 }

/** The next for `owner`, who works on `busy` already. */
export function nextTask(
  owner: string,
  { busy, of }: { busy: string[]; of: AccessHolder | undefined },
): RawBuilder<string> {
  const holder = of
    ? sql`waiting.user_id = ${of.userId} and waiting.key_id is not distinct from ${of.keyId}`
    : sql`true`
  return sql`
    select waiting.id from import_task waiting
    left join (
      select user_id, count(*) as running from import_task
      where state = 'running' and lease_until >= server_now() group by user_id
    ) of_user on of_user.user_id = waiting.user_id
    where waiting.state = 'running'
      and (waiting.lease_until is null or waiting.lease_until < server_now())
      and (
        waiting.lease_owner is null or waiting.lease_owner = ${owner}
        or waiting.lease_until is not null
        or waiting.added_at < server_now()
          - case waiting.requested_type when 'auto' then ${ownForMs.looked}::bigint else ${ownForMs.other} end
      )
      and waiting.id <> all(${busy}) and ${holder}
    order by coalesce(of_user.running, 0), waiting.arrival
    limit 1 for update of waiting skip locked`
}

/** Keeps leases, with what their workers report. Resolves with the ids of those that are still held. */
export async function beat(
  database: Database,
  held: readonly (readonly [string, HeldLease])[],
): Promise<Set<string>> {
  const ids = held.map(([id]) => id)
  const tokens = held.map(([, { token }]) => token)
  const readings = held.map(([, { reading }]) => (reading ? JSON.stringify(reading) : null))
  const { rows } = await sql<{ id: string }>`
    update import_task set lease_until = server_now() + ${leaseMs}, reading_json = held.reading
    from unnest(${ids}::text[], ${tokens}::bigint[], ${readings}::text[]) as held (id, token, reading)
    where import_task.id = held.id and lease_token = held.token and state = 'running'
    returning import_task.id`.execute(database)
  return new Set(rows.map(({ id }) => id))
}
