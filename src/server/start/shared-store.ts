import { randomUUID } from 'node:crypto'
import { createSharedWindows } from '#server/http/limits/shared-windows.ts'
import { createIdempotencyStore } from '#server/idempotency/idempotency-store.ts'
import { deriveCookiesKey } from '#server/imports/cookies/cookies-key.ts'
import { endLeftoverProcesses } from '#server/imports/programs/end-processes.ts'
import { createLeasedTasks } from '#server/imports/tasks/leased-tasks.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import { openStoreFolders } from '#server/storage/disk/store-folders.ts'
import { createFolderVersions } from '#server/storage/postgres/folder-versions.ts'
import { createStoredAddresses } from '#server/storage/postgres/known-addresses.ts'
import { createLeaseLocks } from '#server/storage/postgres/lease-locks.ts'
import { createPostgresNameSearch } from '#server/storage/postgres/name-search.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { createRateWindows } from '#server/storage/postgres/rate-windows.ts'
import { onceAtATime, readSharedSecret } from '#server/storage/postgres/shared-settings.ts'
import { lockDataFolder, prepareDataFolder } from '#server/storage/sqlite/folder-lock.ts'
import { closeAll, type Opened, type OwnStore, type StoreOptions } from './own-store.ts'

/**
 * Rows in PostgreSQL, which several servers share; the data folder is scratch, of this server alone.
 * @throws ConfigError where it cannot be used; nothing is open then
 */
export async function openSharedStore(
  options: StoreOptions,
  connect: NonNullable<StoreOptions['config']['database']>,
): Promise<OwnStore> {
  const opened: Opened = []
  try {
    return await openAll(options, connect, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

async function openAll(
  options: StoreOptions,
  connect: NonNullable<StoreOptions['config']['database']>,
  opened: Opened,
): Promise<OwnStore> {
  const { config, clock, disk, startHasher, log } = options
  const dataFolder = await prepareDataFolder(config.dataFolder)
  const lock = await lockDataFolder(dataFolder, (message) => log.error(message))
  opened.push(async () => lock[Symbol.asyncDispose]())
  const database = await openPostgres(connect)
  opened.push(() => database.destroy())
  const hasher = startHasher()
  opened.push(() => hasher.close())
  const folders = await openStoreFolders(dataFolder, disk)
  await endLeftoverProcesses(folders.scratch.map(({ work }) => work))
  const blobs = await openDiskBlobs({ dataFolder, folders, disk, hasher })
  await blobs.sweep()
  const secret = config.sessionSecret ?? (await readSharedSecret(database))
  return {
    ...{ database, blobs, secret, found: [], hasPeers: true },
    locks: createLeaseLocks(database),
    changes: createFolderVersions(database),
    limiters: createSharedWindows({
      ...{ store: createRateWindows(database), clock },
      warn: (error) => log.warn({ err: error }, 'windows are not swept'),
    }),
    known: createStoredAddresses(database),
    idempotencyStore: createIdempotencyStore(database),
    importTasks: createLeasedTasks(database, {
      ...{ owner: randomUUID(), clock },
      warn: (error) => log.warn({ err: error }, 'imports are not kept'),
    }),
    names: createPostgresNameSearch(database),
    readCookiesKey: async () => deriveCookiesKey(secret),
    firstStartOnce: (work) => onceAtATime(database, 'first start', work),
    start() {},
    async stop() {},
    close: () => closeAll(opened),
  }
}
