import { randomUUID } from 'node:crypto'
import type { Locks } from '#server/core/locks.ts'
import { createSharedWindows } from '#server/http/limits/shared-windows.ts'
import { createIdempotencyStore } from '#server/idempotency/idempotency-store.ts'
import { deriveCookiesKey } from '#server/imports/cookies/cookies-key.ts'
import { endLeftoverProcesses } from '#server/imports/programs/end-processes.ts'
import { createLeasedTasks } from '#server/imports/tasks/leased-tasks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import type { Disk } from '#server/storage/disk/disk.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'
import { openStoreFolders } from '#server/storage/disk/store-folders.ts'
import { createFolderVersions } from '#server/storage/postgres/folder-versions.ts'
import { createStoredAddresses } from '#server/storage/postgres/known-addresses.ts'
import { createLeaseLocks } from '#server/storage/postgres/lease-locks.ts'
import { createPostgresNameSearch } from '#server/storage/postgres/name-search.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { createRateWindows } from '#server/storage/postgres/rate-windows.ts'
import { onceAtATime, readSharedSecret } from '#server/storage/postgres/shared-settings.ts'
import { openBucketBlobs, openTriedBucket } from '#server/storage/s3/open-bucket-blobs.ts'
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
  const { config, clock, startHasher, log } = options
  const dataFolder = await prepareDataFolder(config.dataFolder)
  const lock = await lockDataFolder(dataFolder, (message) => log.error(message))
  opened.push(async () => lock[Symbol.asyncDispose]())
  const { openBlobs } = await tryStorage(options)
  const database = await openPostgres(connect)
  opened.push(() => database.destroy())
  const hasher = startHasher()
  opened.push(() => hasher.close())
  const locks = createLeaseLocks(database)
  const { blobs, ...sweeping } = await openBlobs({ dataFolder, database, hasher, locks })
  opened.push(sweeping.close)
  const secret = config.sessionSecret ?? (await readSharedSecret(database))
  return {
    ...{ database, blobs, secret, found: [], hasPeers: true },
    locks,
    changes: createFolderVersions(database),
    limiters: createSharedWindows({
      ...{ store: createRateWindows(database), clock },
      warn: (error) => log.warn({ err: error }, 'windows are not swept'),
    }),
    known: createStoredAddresses(database),
    idempotencyStore: createIdempotencyStore(database),
    importTasks: createLeasedTasks(database, {
      ...{ owner: `${config.serverName} ${randomUUID()}`, clock },
      warn: (error) => log.warn({ err: error }, 'imports are not kept'),
    }),
    names: createPostgresNameSearch(database),
    readCookiesKey: async () => deriveCookiesKey(secret),
    firstStartOnce: (work) => onceAtATime(database, 'first start', work),
    start: sweeping.start,
    stop: sweeping.stop,
    close: () => closeAll(opened),
  }
}

type Storage = { blobs: BlobStore; start(): void; stop(): Promise<void>; close(): Promise<void> }
type Opening = { dataFolder: string; database: Database; hasher: FileHasher; locks: Locks }

/** What is wrong with a bucket is found before the database is touched. */
async function tryStorage({ config, disk, log }: StoreOptions) {
  const { bucket: settings } = config
  const bucket = settings && (await openTriedBucket(settings))
  return {
    async openBlobs({ dataFolder, ...opening }: Opening): Promise<Storage> {
      if (bucket === null) return await openLoneBlobs(dataFolder, disk, opening.hasher)
      const blobs = await openBucketBlobs({
        ...{ ...opening, bucket, dataFolder, disk, isAlone: false },
        isRedirecting: settings?.isRedirecting ?? false,
        endLeftovers: endLeftoverProcesses,
        warn: (error) => log.warn({ err: error }, 'the bucket is not in order'),
      })
      return {
        blobs,
        start: () => blobs.startSweeping(),
        stop: () => blobs.stopSweeping(),
        close: () => blobs.close(),
      }
    },
  }
}

/** The settings allow no such thing: for the tests of what is in the database, where one server is enough. */
async function openLoneBlobs(dataFolder: string, disk: Disk, hasher: FileHasher): Promise<Storage> {
  const folders = await openStoreFolders(dataFolder, disk)
  await endLeftoverProcesses(folders.scratch.map(({ work }) => work))
  const blobs = await openDiskBlobs({ dataFolder, folders, disk, hasher })
  await blobs.sweep()
  return { blobs, start() {}, async stop() {}, async close() {} }
}
