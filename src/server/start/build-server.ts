import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { additions } from '#contract/account.ts'
import { rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import { addAccountRoutes, addServerRoute } from '#server/account/account-routes.ts'
import { createUsersRepository } from '#server/account/users-repository.ts'
import { createWebAuthLoader } from '#server/account/web-session/load-web-auth.ts'
import {
  createAccountGuesses,
  createSignInLimiter,
} from '#server/account/web-session/sign-in-limits.ts'
import { addWebAuthRoutes } from '#server/account/web-session/web-auth-routes.ts'
import { createRequireSession, type WebSession } from '#server/account/web-session/web-session.ts'
import { createApiKeyRepository } from '#server/api-keys/api-key-repository.ts'
import { addApiKeysRoutes } from '#server/api-keys/api-keys-routes.ts'
import { type AuthorizedKey, createAuthenticate } from '#server/api-keys/authenticate.ts'
import { createAccessWatch } from '#server/core/access-watch.ts'
import { filesOrigin } from '#server/core/bucket-config.ts'
import { type Clock, systemClock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import { addOpenApiRoute, addReferenceRoutes } from '#server/docs/docs-routes.ts'
import { createAddFile, createAddFiles } from '#server/files/add-files.ts'
import { addArchives } from '#server/files/archive/archive-routes.ts'
import { createFileListing, createFindSame } from '#server/files/file-listing.ts'
import { createFileRepository } from '#server/files/file-repository.ts'
import { addFileRoutes } from '#server/files/file-routes.ts'
import { createFolderRepository } from '#server/files/folder-repository.ts'
import { createFolderTree } from '#server/files/folder-tree.ts'
import { addManageRoutes } from '#server/files/manage/manage-routes.ts'
import { createPurge } from '#server/files/manage/purge.ts'
import { createSubtreeRepository } from '#server/files/manage/subtree-repository.ts'
import { createTrashRepository } from '#server/files/manage/trash-repository.ts'
import { createSearch } from '#server/files/search.ts'
import { addShareRoutes } from '#server/files/share-routes.ts'
import { addGatewayRoutes, createGateway } from '#server/gateway/gateway.ts'
import { createReadAdditions } from '#server/gateway/read-additions.ts'
import {
  type ConnectionLimits,
  connectionLimits,
} from '#server/http/connections/connection-limits.ts'
import { addFirstChecks, compressAnswers, createApp } from '#server/http/create-app.ts'
import { createLogger } from '#server/http/request/log.ts'
import { forwardedOrigin, keepForwardedOrigin } from '#server/http/request/read-client.ts'
import { createRoute, type Route } from '#server/http/route/route.ts'
import { addWindowHeaders } from '#server/http/route/window-headers.ts'
import { type AppPages, addSecurityHeaders, builtAppPages } from '#server/http/send/serve-app.ts'
import { createIdempotency, type Idempotency } from '#server/idempotency/idempotency.ts'
import { createImports } from '#server/imports/create-imports.ts'
import { type Resolve, resolveByDns } from '#server/imports/guard/address-guard.ts'
import { findMediaTools, type LookForTools } from '#server/imports/programs/media-tools.ts'
import { type RetryPolicy, sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { createStoreReadings } from '#server/operations/operations-repository.ts'
import { type PreviewLimits, previewLimits } from '#server/previews/previews.ts'
import { createShares } from '#server/shares/create-shares.ts'
import type { Guest } from '#server/shares/guest-key.ts'
import { createRunUnit } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import { type Disk, systemDisk } from '#server/storage/disk/disk.ts'
import { createFileHasher, type FileHasher } from '#server/storage/disk/file-hasher.ts'
import { addSubscriptions } from '#server/subscriptions/create-subscriptions.ts'
import { addOperations, type Operations } from './add-operations.ts'
import { addPreviews } from './add-previews.ts'
import { addUploads } from './add-uploads.ts'
import { closeWithin, listenOn } from './listen.ts'
import { openOwnStore } from './open-own-store.ts'
import type { OwnStore } from './own-store.ts'

/** What the server needs from its surroundings, and tests replace. */
export type ServerDependencies = {
  clock: Clock
  disk: Disk
  limits: ConnectionLimits
  pages: AppPages
  startHasher(): FileHasher
  /** How long to wait for a source of imports, and how its name is resolved. */
  patience: RetryPolicy
  resolve: Resolve
  /** How the programs for videos are found. */
  lookForTools: LookForTools
  /** How much a picture or a film may take to be looked at. */
  previewLimits: PreviewLimits
}

export type BarkeepServer = {
  app: FastifyInstance
  /** Resolves with the address to open. @throws ConfigError when host or port are not available. */
  listen(): Promise<string>
  /** Where metrics are read; null: nowhere. */
  metricsAddress(): string | null
  /** Whether there is no account yet. */
  isFirstStart(): Promise<boolean>
  /** One server at a time; who waits finds what the one before has made. */
  firstStartOnce: OwnStore['firstStartOnce']
  /** Problems that the start found in the data folder, for its owner. */
  found: string[]
  /** Closes gracefully, within a bounded time. */
  close(): Promise<void>
}

const projectFolder = new URL('../../../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', projectFolder), 'utf8'))

const systemDependencies: ServerDependencies = {
  clock: systemClock,
  disk: systemDisk,
  limits: connectionLimits,
  startHasher: createFileHasher,
  patience: sourceRetryPolicy,
  resolve: resolveByDns,
  lookForTools: findMediaTools,
  previewLimits,
  pages: builtAppPages(fileURLToPath(new URL('dist/app', projectFolder))),
}

/** Builds the whole server, by hand: what depends on what can be read here from top to bottom. */
export async function buildServer(
  config: Config,
  dependencies: Partial<ServerDependencies> = {},
): Promise<BarkeepServer> {
  const { limits, pages, ...others } = { ...systemDependencies, ...dependencies }
  const app = createApp(
    createLogger({ level: config.logLevel, server: config.serverName }),
    limits,
    config,
  )
  let origin = config.publicUrl ?? ''
  const publicUrl = () => forwardedOrigin() ?? origin
  if (config.publicUrl === null) keepForwardedOrigin(app)
  const operations = await addOperations(app, { config, clock: others.clock, version })
  addSecurityHeaders(app, { ...pages, filesFrom: filesOrigin(config) })
  const drainConnections = addFirstChecks(app)
  await compressAnswers(app)
  await pages.add(app)
  const backend = await addBackend(app, { ...others, config, publicUrl, operations })
  return {
    app,
    ...backend,
    async listen() {
      await operations.listen()
      const address = await listenOn(app, config)
      origin = config.publicUrl ?? address
      return address
    },
    metricsAddress: operations.metricsAddress,
    async close() {
      await operations.drain(drainConnections)
      await closeWithin(app)
    },
  }
}

type Backend = Pick<BarkeepServer, 'isFirstStart' | 'firstStartOnce' | 'found'>

async function addBackend(app: FastifyInstance, world: World): Promise<Backend> {
  const { upstream, rateLimit } = world.config
  addReferenceRoutes(app, { publicUrl: world.publicUrl, rateLimit, upstream })
  if (upstream !== null) {
    const readAdditions = createReadAdditions(upstream, world.clock)
    addServerRoute(app, { mode: 'gateway', version, readAdditions })
    addGatewayRoutes(app, createGateway({ upstream, log: (message) => app.log.warn(message) }))
    return { isFirstStart: async () => false, firstStartOnce: (work) => work(), found: [] }
  }
  try {
    const { can, ...backend } = await addOwnStore(app, world)
    const able: Record<string, boolean> = {
      thumbnails: can.thumbnails,
      sponsorblock: world.config.sponsorblock,
    }
    const isOffered = (one: string) => able[one] ?? true
    const readAdditions = async () => additions.filter(isOffered)
    addServerRoute(app, { mode: 'own', version, readAdditions })
    return backend
  } catch (error) {
    // Whatever is open already would keep the data folder locked and the process alive.
    await app.close()
    throw error
  }
}

type World = Omit<ServerDependencies, 'limits' | 'pages'> & {
  config: Config
  operations: Operations
  publicUrl(): string
}

type OwnBackend = Backend & { can: { thumbnails: boolean } }

async function addOwnStore(app: FastifyInstance, world: World): Promise<OwnBackend> {
  const { config, clock, publicUrl } = world
  const store = await openOwnStore({ ...world, log: app.log })
  app.addHook('onClose', () => store.close())
  app.addHook('onListen', async () => store.start())
  app.addHook('preClose', () => store.stop())
  const { database, blobs, locks, changes, names, hasPeers, found } = store
  for (const message of found) app.log.warn(message)
  const { isReachable, countImports } = createStoreReadings(database)
  world.operations.watch({
    ...{ database: isReachable, blobs: () => blobs.isReachable(), countImports },
    poolUse: dialectOf(database).poolUse,
  })

  const accounts = addAccounts(app, { ...world, ...store })
  const { route, isFirstStart, access, shares } = accounts
  const files = createFileRepository(database)
  const folders = createFolderRepository(database)
  const listing = createFileListing({ files, folders, publicUrl })
  const tree = createFolderTree({ folders, changes })
  const findSame = createFindSame({ files, blobs })
  const addFiles = createAddFiles({ files, blobs, clock, locks, changes, findSame })
  const addFile = createAddFile(addFiles)
  const idempotency = createIdempotency({ store: store.idempotencyStore, clock, locks })
  const search = createSearch({ names, publicUrl })
  addFileRoutes(app, { route, listing, tree, search })
  const { previews, can } = addPreviews(app, {
    ...world,
    blobs,
    dataFolder: config.dataFolder,
    files,
  })
  addShareRoutes(app, { files: { findShared: shares.findShared(files) }, blobs, previews })
  const archives = addArchives(app, { ...world, hasPeers, database, blobs, route, access })
  const uploads = addUploads(app, {
    ...{ database, blobs, clock, locks, access, addFiles, findSame, idempotency, route, publicUrl },
    hasPeers,
    maxBytes: config.uploadMaxBytes,
  })
  shares.addRoutes(app, {
    ...{ ...accounts, ...uploads, listing, tree, archives, locks, publicUrl },
    uploadMaxBytes: config.uploadMaxBytes,
  })
  addManage(app, { ...world, ...store, idempotency, route })

  const imports = createImports({
    ...{ ...world, ...store, blobStore: blobs, tasks: store.importTasks },
    ...{ folders, idempotency, access },
    ...{ addFile, addFiles, log: app.log },
  })
  imports.addRoutes(app, route)
  addSubscriptions(app, { ...world, ...store, route, access, imports, log: app.log })
  return { isFirstStart, found, can, firstStartOnce: store.firstStartOnce }
}

type ManageOptions = World & OwnStore & { idempotency: Idempotency; route: Route<AuthorizedKey> }

function addManage(app: FastifyInstance, deps: ManageOptions): void {
  const { config, database } = deps
  const trashMs = config.trashDays * 86_400_000
  const trash = createTrashRepository(database)
  const subtree = createSubtreeRepository(database)
  const warn = (error: unknown) => app.log.warn({ err: error }, 'what was deleted is not all gone')
  const purge = createPurge({ ...deps, trash, subtree, trashMs, warn })
  const needed = { run: createRunUnit(database), trash, subtree, purge, trashMs }
  addManageRoutes(app, { ...deps, ...needed, keepsTrash: trashMs > 0 })
  app.addHook('onListen', async () => purge.start())
  app.addHook('preClose', () => purge.stop())
}

function addAccounts(app: FastifyInstance, deps: World & OwnStore) {
  const { config, clock, database, secret, locks } = deps
  const { publicUrl, rateLimit, uploadMaxBytes } = config
  const warn = (message: string) => app.log.warn(message)
  const limiters = deps.operations.countRefusals(deps.limiters)
  const signInLimiter = createSignInLimiter(limiters)
  const loadWebAuth = createWebAuthLoader({ database, secret, signInLimiter, warn })
  const users = createUsersRepository(database)
  const apiKeys = createApiKeyRepository(database)
  const onUseNotNoted = (error: unknown) => app.log.warn({ err: error }, 'last use not noted')
  const limit = { max: rateLimit, seconds: rateLimitWindowSeconds }
  const shares = createShares({ database, clock, serverSecret: secret, onUseNotNoted })
  const gatekeeper = {
    authenticate: shares.withGuests(createAuthenticate({ apiKeys, clock, onUseNotNoted })),
    isGuest: shares.isGuest,
    requireSession: createRequireSession(loadWebAuth, publicUrl),
    rateLimiter: limiters('key', limit),
    unknownKeyLimiter: limiters('address', limit),
  }
  addWindowHeaders(app, gatekeeper)
  const routing = createRoute<AuthorizedKey, WebSession, Guest>(gatekeeper)
  const { route } = routing
  addAccountRoutes(app, { route, uploadMaxBytes })
  addOpenApiRoute(app, { publicUrl: deps.publicUrl, version })
  addApiKeysRoutes(app, { route, apiKeys, clock, publicUrl })
  const guesses = createAccountGuesses({ limiters, locks, known: deps.known })
  addWebAuthRoutes(app, { loadWebAuth, publicUrl, guesses })
  const access = createAccessWatch(shares.withLinks(apiKeys.readAccess))
  const isFirstStart = () => users.isEmpty()
  return { route, routing, access, shares, limiters, guesses, isFirstStart }
}
