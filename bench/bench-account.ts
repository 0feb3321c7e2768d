import { scopes } from '#contract/api-keys.ts'
import { createApiKeyRepository } from '#server/api-keys/api-key-repository.ts'
import { makeApiKey } from '#server/api-keys/make-api-key.ts'
import { systemClock } from '#server/core/clock.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'

/** Makes an account with a key beside a server on `dataFolder`, as the command line would. */
export async function makeApiKeyFor(dataFolder: string): Promise<{ userId: string; key: string }> {
  const database = await openDatabase(databaseFile(dataFolder))
  const now = new Date().toISOString()
  const userId = 'bench'
  await database
    .insertInto('user')
    .values({
      ...{ id: userId, name: 'bench', email: 'bench@bench.invalid', username: 'bench' },
      ...{ plan: 'pro', banned: 0, createdAt: now, updatedAt: now },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const apiKeys = createApiKeyRepository(database)
  const wanted = { name: 'Bench', scopes: [...scopes], expires_at: null }
  const { secret } = await makeApiKey({ apiKeys, clock: systemClock }, userId, wanted)
  await database.destroy()
  return { userId, key: secret }
}
