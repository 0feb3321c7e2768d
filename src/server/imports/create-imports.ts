import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import type { Locks } from '#server/core/locks.ts'
import type { AddFile, AddFiles } from '#server/files/add-files.ts'
import type { FolderRepository } from '#server/files/folder-repository.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import { addCookiesRoutes } from '#server/imports/cookies/cookies-routes.ts'
import { createSiteCookies } from '#server/imports/cookies/site-cookies-repository.ts'
import {
  type AddressGuard,
  createAddressGuard,
  parseImportAllow,
  type Resolve,
} from '#server/imports/guard/address-guard.ts'
import {
  ageInDays,
  type FindTools,
  type LookForTools,
} from '#server/imports/programs/media-tools.ts'
import { createUrlOpener } from '#server/imports/source/open-url.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import { createHeldOpenings } from '#server/imports/source/source-opening.ts'
import { createImportQueue } from '#server/imports/tasks/import-queue.ts'
import type { ImportTasks } from '#server/imports/tasks/import-tasks.ts'
import { createLeasedQueue } from '#server/imports/tasks/leased-queue.ts'
import type { LeasedTasks } from '#server/imports/tasks/leased-tasks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import type { WriteListed } from './import-video.ts'
import { addImportRoutes, type ImportKey } from './imports-routes.ts'
import { addInspectRoutes } from './inspect/inspect-routes.ts'
import { inspectSource } from './inspect/inspect-source.ts'
import { createLooks, type Looks } from './inspect/looks.ts'
import { createRunImport } from './run-import.ts'
import { type StartedImport, startImport } from './start-import.ts'

export type ImportsOptions = {
  config: Pick<
    Config,
    'importAllow' | 'importConcurrency' | 'uploadMaxBytes' | 'sponsorblock' | 'ytDlp' | 'ffmpeg'
  >
  database: Database
  /** Leased where several servers work on them. */
  tasks: ImportTasks | LeasedTasks
  readCookiesKey(): Promise<Buffer>
  blobStore: BlobStore
  addFile: AddFile
  addFiles: AddFiles
  folders: Pick<FolderRepository, 'folderExists'>
  publicUrl(): string
  idempotency: Idempotency
  access: AccessWatch
  clock: Clock
  locks: Locks
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** How names become addresses. */
  resolve: Resolve
  patience: RetryPolicy
  lookForTools: LookForTools
}

/** As `startImport`. */
export type StartImport = (asked: Parameters<typeof startImport>[1]) => Promise<StartedImport>

export type Imports = {
  guard: AddressGuard
  looks: Looks
  /** Who writes something beside the files of each import. */
  onListed(write: WriteListed): void
  /** For what starts imports by itself. */
  startImport: StartImport
  addRoutes(app: FastifyInstance, route: Route<ImportKey>): void
  /** Looks for the programs and takes up what was running when the server last stopped. */
  start(): Promise<void>
  /** Ends everything that runs, within two seconds; it is taken up again by the next start. */
  stop(): Promise<void>
}

const oldAfterDays = 90
const silentForMs = 180_000

/**
 * Wires everything that imports need. @throws ConfigError for a malformed entry of
 * BARKEEP_IMPORT_ALLOW
 */
export function createImports(deps: ImportsOptions): Imports {
  const { config, idempotency } = deps
  const guard = createAddressGuard(parseImportAllow(config.importAllow), deps.resolve)
  const openUrl = createUrlOpener(guard, deps.patience)
  const openings = createHeldOpenings({ openUrl, patience: deps.patience })
  const { tasks } = deps
  const tools = createToolFinder(deps)
  const siteCookies = createSiteCookies(deps)
  const maxBytes = config.uploadMaxBytes
  let writeListed: WriteListed = async () => undefined
  const run = createRunImport({
    ...deps,
    ...{ guard, openUrl, openings, tasks, tools, maxBytes, silentForMs, siteCookies },
    writeListed: (unit, listed) => writeListed(unit, listed),
  })
  const { access, log } = deps
  const queued = { concurrency: config.importConcurrency, access }
  const queue =
    'claimNext' in tasks
      ? createLeasedQueue({ ...queued, tasks, log }, run)
      : createImportQueue({ ...queued, tasks }, run)
  const looking = { ...deps, guard, openUrl, tools, lookForMs: deps.patience.lookForMs }
  const looks = createLooks(deps, (url, signal) => inspectSource(looking, url, signal))
  const { sponsorblock } = config
  const starting = { guard, openings, queue, tasks, tools, sponsorblock }
  return {
    ...{ guard, looks },
    onListed(write) {
      writeListed = write
    },
    startImport: (asked) => startImport(starting, asked),
    addRoutes(app, route) {
      addImportRoutes(app, { ...starting, route, idempotency })
      addCookiesRoutes(app, { route, siteCookies })
      addInspectRoutes(app, { route, guard, looks })
    },
    async start() {
      // Not awaited: looking takes a second, and only video imports need the programs.
      void tools()
      await queue.start()
    },
    async stop() {
      await Promise.all([queue.stop(), looks.stop()])
      openings.dropAll()
    },
  }
}

/** Looks again until the programs are found, so that installing them needs no restart. */
function createToolFinder({
  config,
  clock,
  log,
  lookForTools,
}: Pick<ImportsOptions, 'config' | 'clock' | 'log' | 'lookForTools'>): FindTools {
  let found: ReturnType<FindTools> | undefined
  let told = ''

  async function look(): ReturnType<FindTools> {
    const tools = await lookForTools(config)
    if ('problem' in tools) {
      found = undefined
      const message = `Video imports are off: ${tools.problem}. ${tools.nextStep}.`
      if (message !== told) log.warn(message)
      told = message
    } else tellAge(tools.version)
    return tools
  }

  function tellAge(version: string): void {
    const age = ageInDays(version, clock.now())
    if (age === null || age <= oldAfterDays) return
    log.warn(
      `yt-dlp ${version} is ${age} days old. Old versions have known holes and fail on many sites: update it.`,
    )
  }

  return () => {
    found ??= look()
    return found
  }
}
