import { type AccountState, isUsername, type Plan, usernameRule } from '#contract/account.ts'
import type { LoadWebAuth } from '#server/account/web-session/load-web-auth.ts'
import { randomText } from '#server/api-keys/make-api-key.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/database.ts'

export type User = {
  id: string
  username: string
  plan: string
  state: AccountState
  createdAt: Date
}

export type UsersRepository = ReturnType<typeof createUsersRepository>

/** Accounts as their owner sees them. Passwords and sessions are better-auth's business. */
export function createUsersRepository(database: Database) {
  const users = database
    .selectFrom('user')
    .select(['id', 'username', 'plan', 'banned', 'createdAt'])

  return {
    async list(): Promise<User[]> {
      return (await users.orderBy('username').execute()).map(toUser)
    },

    async find(username: string): Promise<User | null> {
      const row = await users.where('username', '=', username).executeTakeFirst()
      return row ? toUser(row) : null
    },

    async isEmpty(): Promise<boolean> {
      return (await users.limit(1).execute()).length === 0
    },

    async setPlan(id: string, plan: Plan, now: Date): Promise<void> {
      await database
        .updateTable('user')
        .set({ plan, updatedAt: now.toISOString() })
        .where('id', '=', id)
        .execute()
    },

    /** Banning ends the web sessions too; keys are asked for the state on every request. */
    async setState(id: string, state: AccountState, now: Date): Promise<void> {
      const isBanned = state === 'banned'
      await database.transaction().execute(async (transaction) => {
        await transaction
          .updateTable('user')
          .set({ banned: Number(isBanned), updatedAt: now.toISOString() })
          .where('id', '=', id)
          .execute()
        if (isBanned) await transaction.deleteFrom('session').where('userId', '=', id).execute()
      })
    },
  }
}

type UserRow = {
  id: string
  username: string | null
  plan: string
  banned: number | null
  createdAt: string
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username ?? '',
    plan: row.plan,
    state: row.banned === 1 ? 'banned' : 'active',
    createdAt: new Date(row.createdAt),
  }
}

/**
 * Makes an account. `password` is random and its only copy: it is stored as a hash.
 * @throws ApiFailure `invalid_request` for a name that is taken or no username
 */
export async function createUser(
  { loadWebAuth, users }: { loadWebAuth: LoadWebAuth; users: UsersRepository },
  { username, plan }: { username: string; plan: Plan },
): Promise<{ id: string; password: string }> {
  if (!isUsername(username)) throw new ApiFailure('invalid_request', usernameRule)
  if (await users.find(username)) {
    throw new ApiFailure('invalid_request', `There is an account named "${username}" already.`)
  }
  const password = randomText(20)
  const webAuth = await loadWebAuth(false)
  const { user } = await webAuth.api.createUser({
    body: {
      email: placeholderEmail(username),
      name: username,
      password,
      role: 'user',
      data: { username, displayUsername: username, plan },
    },
  })
  return { id: user.id, password }
}

/**
 * The e-mail address that better-auth demands of every user. Nothing is ever sent to it: `.invalid` is
 * reserved (RFC 2606).
 */
function placeholderEmail(username: string): string {
  return `${username}@barkeep.invalid`
}
