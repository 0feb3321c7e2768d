import { readSessionSecret } from '#server/account/web-session/session-secret.ts'
import { createKnownAddresses } from '#server/account/web-session/sign-in-limits.ts'
import { createChanges } from '#server/core/changes.ts'
import { createLocks } from '#server/core/locks.ts'
import { createSlidingWindows } from '#server/http/limits/sliding-windows.ts'
import { openWindowJournal } from '#server/http/limits/window-journal.ts'
import { createIdempotencyStore } from '#server/idempotency/idempotency-store.ts'
import { readOrMakeCookiesKey } from '#server/imports/cookies/cookies-key.ts'
import { endLeftoverProcesses } from '#server/imports/programs/end-processes.ts'
import { createImportTasks } from '#server/imports/tasks/import-repository.ts'
import { openStore } from '#server/storage/settle/open-store.ts'
import { lockDataFolder, prepareDataFolder } from '#server/storage/sqlite/folder-lock.ts'
import { createNameIndexer } from '#server/storage/sqlite/index-names.ts'
import { createNameSearch } from '#server/storage/sqlite/name-search.ts'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { closeAll, type Opened, type OwnStore, type StoreOptions } from './own-store.ts'

/**
 * All in one data folder, of this server alone.
 * @throws ConfigError where it cannot be used; nothing is open then
 */
export async function openEmbeddedStore(options: StoreOptions): Promise<OwnStore> {
  const opened: Opened = []
  try {
    return await openAll(options, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

async function openAll(options: StoreOptions, opened: Opened): Promise<OwnStore> {
  const { config, clock, disk, startHasher, log } = options
  const dataFolder = await prepareDataFolder(config.dataFolder)
  const lock = await lockDataFolder(dataFolder, (message) => log.error(message))
  opened.push(async () => lock[Symbol.asyncDispose]())
  const hasher = startHasher()
  opened.push(() => hasher.close())
  const locks = createLocks()
  const { database, blobs, found, close } = await openStore({
    ...{ ...config, dataFolder, disk, hasher, locks, now: clock.now() },
    endLeftovers: endLeftoverProcesses,
    warn: (error) => log.warn({ err: error }, 'the bucket is not in order'),
  })
  opened.push(close)
  const warn = (message: string) => log.warn(message)
  const secret = config.sessionSecret ?? (await readSessionSecret(dataFolder, warn))
  const journal = openWindowJournal({ dataFolder, clock, warn })
  opened.push(async () => journal.close())
  const names = createNameSearch(databaseFile(dataFolder))
  opened.push(() => names.close())
  const indexer = createNameIndexer(database, (error) => {
    log.warn({ err: error }, 'new names are not in the index')
  })
  return {
    ...{ database, blobs, locks, names, secret, found, hasPeers: false },
    changes: createChanges(),
    limiters: createSlidingWindows({ clock, journal }),
    known: createKnownAddresses(),
    idempotencyStore: createIdempotencyStore(database),
    importTasks: createImportTasks(database, clock),
    readCookiesKey: () => readOrMakeCookiesKey(dataFolder),
    firstStartOnce: (work) => work(),
    start: () => indexer.start(),
    stop: () => indexer.stop(),
    close: () => closeAll(opened),
  }
}
