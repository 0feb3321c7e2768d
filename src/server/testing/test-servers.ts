import type { Database } from '#server/storage/database.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { freshTestDatabase } from './test-postgres.ts'

/** One database with the accounts `alice` and `bob`, opened once for each of some servers. */
export type TestServers = AsyncDisposable & { databases: [Database, Database, Database] }

export async function openTestServers(): Promise<TestServers> {
  const fresh = await freshTestDatabase()
  const open = () => openPostgres({ url: fresh.url, maxConnections: 10 })
  const databases: TestServers['databases'] = [await open(), await open(), await open()]
  const account = (id: string) => ({ id, name: id, email: id, createdAt: '', updatedAt: '' })
  await databases[0].insertInto('user').values(['alice', 'bob'].map(account)).execute()
  return {
    databases,
    async [Symbol.asyncDispose]() {
      await Promise.all(databases.map((database) => database.destroy()))
      await fresh[Symbol.asyncDispose]()
    },
  }
}
