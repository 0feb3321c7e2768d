import type { AccountState, Plan } from '#contract/account.ts'
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
