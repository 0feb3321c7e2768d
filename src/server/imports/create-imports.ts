import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from '#server/config.ts'
import type { AddFile } from '#server/files/add-file.ts'
import type { AddFiles } from '#server/files/add-files.ts'
import type { FolderRepository } from '#server/files/folder-repository.ts'
import type { AccessWatch } from '#server/http/access-watch.ts'
import type { Clock } from '#server/http/clock.ts'
import type { Idempotency } from '#server/http/idempotency.ts'
import type { Route } from '#server/http/route.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { createAddressGuard, type Resolve } from './address-guard.ts'
import { createHeldOpenings } from './held-openings.ts'
import { parseImportAllow } from './import-allow.ts'
import { createImportProgress } from './import-progress.ts'
import { createImportQueue } from './import-queue.ts'
import { createImportRepository } from './import-repository.ts'
import { addImportRoutes, type ImportKey } from './imports-routes.ts'
import { ageInDays, type FindTools, type LookForTools } from './media-tools.ts'
import { createUrlOpener } from './open-url.ts'
import { createRunImport } from './run-import.ts'
import type { SourcePatience } from './source-patience.ts'

export type ImportsParts = {
  config: Pick<Config, 'importAllow' | 'importConcurrency' | 'uploadMaxBytes' | 'ytDlp' | 'ffmpeg'>
  database: Database
  blobStore: BlobStore
  addFile: AddFile
  addFiles: AddFiles
  folders: Pick<FolderRepository, 'folderExists'>
  publicUrl(): string
  idempotency: Idempotency
  access: AccessWatch
  clock: Clock
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** How names become addresses. */
  resolve: Resolve
  patience: SourcePatience
  lookForTools: LookForTools
}

export type Imports = {
  addRoutes(app: FastifyInstance, route: Route<ImportKey>): void
  /** Looks for the programs and takes up what was running when the server last stopped. */
  start(): Promise<void>
  /** Ends everything that runs, within two seconds; it is taken up again by the next start. */
  stop(): Promise<void>
}

const oldAfterDays = 90
const silentForMs = 180_000

/** Imports from links, whole. @throws ConfigError when an entry of BARKEEP_IMPORT_ALLOW is no address */
export function createImports(parts: ImportsParts): Imports {
  const { config, clock, idempotency } = parts
  const guard = createAddressGuard(parseImportAllow(config.importAllow), parts.resolve)
  const openUrl = createUrlOpener(guard, parts.patience)
  const openings = createHeldOpenings({ openUrl, patience: parts.patience })
  const repository = createImportRepository(parts.database, clock)
  const progress = createImportProgress()
  const tools = createToolFinder(parts)
  const maxBytes = config.uploadMaxBytes
  const run = createRunImport({
    ...parts,
    ...{ guard, openUrl, openings, repository, progress, tools, maxBytes, silentForMs },
    takenFolders: new Set(),
  })
  const queue = createImportQueue(
    { concurrency: config.importConcurrency, access: parts.access },
    run,
  )
  return {
    addRoutes: (app, route) =>
      addImportRoutes(app, {
        ...{ route, guard, openings, queue },
        ...{ repository, progress, tools, idempotency },
      }),
    async start() {
      // Looking takes a second, and nobody has to wait for it but video imports.
      void tools()
      for (const { id, user_id, key_id } of await repository.unfinished()) {
        queue.add({ id, userId: user_id, keyId: key_id })
      }
    },
    async stop() {
      await queue.stop()
      openings.dropAll()
    },
  }
}

/** Looks until the programs are found: who installs them need not start the server again. */
function createToolFinder({
  config,
  clock,
  log,
  lookForTools,
}: Pick<ImportsParts, 'config' | 'clock' | 'log' | 'lookForTools'>): FindTools {
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
