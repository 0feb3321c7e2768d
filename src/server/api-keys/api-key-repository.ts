import type { OwnedApiKey, Scope } from '#contract/api-keys.ts'
import type { AccessFacts, AccessHolder } from '#server/core/access-watch.ts'
import { isoTime } from '#server/core/clock.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, hold } from '#server/storage/dialect.ts'
import { prepareRead, type TextValue } from '#server/storage/prepare-read.ts'
import type { Tables } from '#server/storage/tables.ts'

type KeyRow = Tables['api_key']
type AccountColumns = { username: string | null; plan: string | null; banned: number | null }

export type NewApiKey = {
  id: string
  userId: string
  name: string
  secretHash: string
  prefix: string
  last4: string
  scopes: Scope[]
  /** Epoch milliseconds, like every time here. */
  createdAt: number
  expiresAt: number | null
}

/** A key and what decides whether its account may use it; `username` is null when that is gone. */
export type StoredApiKey = {
  id: string
  userId: string
  name: string
  secretHash: string
  prefix: string
  last4: string
  scopes: string[]
  createdAt: number
  expiresAt: number | null
  lastUsedAt: number | null
  revokedAt: number | null
  username: string | null
  plan: string | null
  isBanned: boolean
}

export type ApiKeyRepository = ReturnType<typeof createApiKeyRepository>

/** The only SQL about API keys. */
export function createApiKeyRepository(database: Database) {
  const findByHash = prepareRead(database, (secretHash: TextValue) =>
    database
      .selectFrom('api_key')
      .leftJoin('user', 'user.id', 'api_key.user_id')
      .where('secret_hash', '=', secretHash)
      .selectAll('api_key')
      .select(['user.username', 'user.plan', 'user.banned']),
  )

  const readAccess = prepareReadAccess(database)

  return {
    async findByHash(secretHash: string): Promise<StoredApiKey | null> {
      const [row] = await findByHash.read(secretHash)
      return row ? toStoredKey(row) : null
    },

    /** Stores `key` unless its account has `max` live keys already; false then. */
    async addUpTo(max: number, key: NewApiKey): Promise<boolean> {
      // One transaction, so that two keys made at once cannot both be the tenth.
      return await database.transaction().execute(async (transaction) => {
        await hold(transaction, `keys of ${key.userId}`)
        if ((await countLive(transaction, key.userId, key.createdAt)) >= max) return false
        await transaction.insertInto('api_key').values(toRow(key)).execute()
        return true
      })
    },

    /** The keys of one account that are not revoked, newest first. */
    async list(userId: string): Promise<OwnedApiKey[]> {
      const rows = await database
        .selectFrom('api_key')
        .where('user_id', '=', userId)
        .where('revoked_at', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .selectAll()
        .execute()
      return rows.map(toOwnedKey)
    },

    /**
     * Revokes a key; a second time changes nothing. False when there is no such key, or when
     * `userId` is given and it is another account's.
     */
    async revoke(id: string, { now, userId }: { now: number; userId?: string }): Promise<boolean> {
      const result = await database
        .updateTable('api_key')
        .set((set) => ({ revoked_at: set.fn.coalesce('revoked_at', set.val(now)) }))
        .where('id', '=', id)
        .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
        .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },

    readAccess,

    async markUsed(id: string, now: number): Promise<void> {
      await database
        .updateTable('api_key')
        .set({ last_used_at: now })
        .where('id', '=', id)
        .execute()
    },
  }
}

/** What decides whether work that runs for these may go on. */
function prepareReadAccess(database: Database) {
  const { elementsOf } = dialectOf(database)
  const readRevoked = prepareRead(database, (idsJson: TextValue) =>
    database
      .selectFrom('api_key')
      .select('id')
      .where('id', 'in', elementsOf(idsJson))
      .where('revoked_at', 'is not', null),
  )
  const readAccounts = prepareRead(database, (idsJson: TextValue) =>
    database
      .selectFrom('user')
      .select(['id', 'banned', 'plan'])
      .where('id', 'in', elementsOf(idsJson)),
  )

  return async (holders: readonly AccessHolder[]): Promise<AccessFacts> => {
    const keyIds = [...new Set(holders.flatMap(({ keyId }) => keyId ?? []))]
    const userIds = [...new Set(holders.map(({ userId }) => userId))]
    const revoked = await readRevoked.read(JSON.stringify(keyIds))
    const accounts = await readAccounts.read(JSON.stringify(userIds))
    return {
      revokedKeys: new Set(revoked.map(({ id }) => id)),
      accounts: new Map(
        accounts.map(({ id, banned, plan }) => [id, { isBanned: banned === 1, plan }]),
      ),
    }
  }
}

async function countLive(database: Database, userId: string, now: number): Promise<number> {
  const { live } = await database
    .selectFrom('api_key')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where((or) => or.or([or('expires_at', 'is', null), or('expires_at', '>', now)]))
    .select((count) => count.fn.countAll<number>().as('live'))
    .executeTakeFirstOrThrow()
  return live
}

function toRow(key: NewApiKey): KeyRow {
  return {
    id: key.id,
    user_id: key.userId,
    name: key.name,
    secret_hash: key.secretHash,
    prefix: key.prefix,
    last4: key.last4,
    scopes_json: JSON.stringify(key.scopes),
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    last_used_at: null,
    revoked_at: null,
  }
}

function toStoredKey(row: KeyRow & AccountColumns): StoredApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    secretHash: row.secret_hash,
    prefix: row.prefix,
    last4: row.last4,
    scopes: JSON.parse(row.scopes_json),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    username: row.username,
    plan: row.plan,
    isBanned: row.banned === 1,
  }
}

function toOwnedKey(row: KeyRow): OwnedApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes_json),
    key_prefix: row.prefix,
    key_last4: row.last4,
    created_at: isoTime(row.created_at),
    expires_at: row.expires_at === null ? null : isoTime(row.expires_at),
    last_used_at: row.last_used_at === null ? null : isoTime(row.last_used_at),
  }
}
