import { stat } from 'node:fs/promises'
import { createUsersRepository } from '#server/account/users-repository.ts'
import { createWebAuthLoader } from '#server/account/web-session/load-web-auth.ts'
import { readSessionSecret } from '#server/account/web-session/session-secret.ts'
import { createSignInLimiter } from '#server/account/web-session/sign-in-limits.ts'
import { createApiKeyRepository } from '#server/api-keys/api-key-repository.ts'
import { systemClock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import { createSlidingWindows } from '#server/http/limits/sliding-windows.ts'
import type { Database } from '#server/storage/database.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { CliFailure } from './cli-arguments.ts'

export type CliStore = Awaited<ReturnType<typeof openCliStore>>

/**
 * Opens the accounts and keys of a data folder, beside a server that may be running on it.
 * @throws CliFailure where there are none
 */
export async function openCliStore(config: Config) {
  if (config.upstream !== null) {
    throw new CliFailure(
      1,
      `BARKEEP_UPSTREAM is set: accounts and keys are at ${config.upstream}, not here.`,
    )
  }
  const { database, secret } = await openAccounts(config)
  const warn = () => undefined
  const loadWebAuth = createWebAuthLoader({
    database,
    secret,
    signInLimiter: createSignInLimiter(createSlidingWindows({ clock: systemClock })),
    warn,
  })
  return {
    clock: systemClock,
    database,
    loadWebAuth,
    users: createUsersRepository(database),
    apiKeys: createApiKeyRepository(database),
    [Symbol.asyncDispose]: () => database.destroy(),
  }
}

/** The database that the settings name, and what signs its cookies. */
async function openAccounts(config: Config): Promise<{ database: Database; secret: string }> {
  if (config.database !== null) return await openShared(config.database, config.sessionSecret)
  const file = databaseFile(config.dataFolder)
  // Opening would make an empty store in any folder that was named by mistake.
  const found = await stat(file).catch(() => null)
  if (!found?.size) {
    throw new CliFailure(
      1,
      `${config.dataFolder} holds no Barkeep data: start the server once, or set BARKEEP_DATA to the folder it uses.`,
    )
  }
  const database = await openDatabase(file)
  const secret = config.sessionSecret ?? (await readSessionSecret(config.dataFolder, () => {}))
  return { database, secret }
}

async function openShared(
  { url }: NonNullable<Config['database']>,
  sessionSecret: string | null,
): Promise<{ database: Database; secret: string }> {
  const { openPostgres } = await import('#server/storage/postgres/open-postgres.ts')
  const { readSharedSecret } = await import('#server/storage/postgres/shared-settings.ts')
  const database = await openPostgres({ url, maxConnections: 2 })
  try {
    return { database, secret: sessionSecret ?? (await readSharedSecret(database)) }
  } catch (error) {
    await database.destroy()
    throw error
  }
}
