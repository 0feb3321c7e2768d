import type { FastifyInstance } from 'fastify'
import type { AccountGuesses } from '#server/account/web-session/sign-in-limits.ts'
import type { Authenticate, AuthorizedKey } from '#server/api-keys/authenticate.ts'
import type { AccessFacts, AccessHolder } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { Archives } from '#server/files/archive/archive-routes.ts'
import type { FileListing } from '#server/files/file-listing.ts'
import type { FileRepository } from '#server/files/file-repository.ts'
import type { FolderTree } from '#server/files/folder-tree.ts'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'
import type { KeyBearer, Routing } from '#server/http/route/route.ts'
import { createRunUnit, type Database } from '#server/storage/database.ts'
import type { AcceptUpload } from '#server/uploads/accept-upload.ts'
import type { ReceiveBatch } from '#server/uploads/batch/receive-batch.ts'
import type { ReceiveUpload } from '#server/uploads/upload-routes.ts'
import { addGuestArchives } from './guest-archives.ts'
import { createGuestKeys, type Guest, showsGuestKey } from './guest-key.ts'
import { createGuestLinks } from './guest-links.ts'
import { addGuestReads } from './guest-routes.ts'
import { addGuestUploads } from './guest-uploads.ts'
import { addOpenShareRoute } from './open-share.ts'
import { createShareRepository } from './share-repository.ts'
import { createSharedTrees } from './shared-tree.ts'
import { addSharesRoutes } from './shares-routes.ts'

type Options = {
  database: Database
  clock: Clock
  serverSecret: string
  onUseNotNoted: (error: unknown) => void
}

type RouteOptions = {
  routing: Routing<AuthorizedKey, unknown, Guest>
  limiters: RateLimiters
  guesses: AccountGuesses
  listing: FileListing
  tree: FolderTree
  accept: AcceptUpload
  receive: ReceiveUpload
  receiveBatch: ReceiveBatch
  archives: Archives
  locks: Locks
  uploadMaxBytes: number
  publicUrl(): string
}

type ReadAccess = (holders: readonly AccessHolder[]) => Promise<AccessFacts>

/** Links for people without a key, and who comes by them. */
export function createShares({ database, clock, serverSecret, onUseNotNoted }: Options) {
  const shares = createShareRepository(database)
  const trees = createSharedTrees(database)
  const links = createGuestLinks(serverSecret)
  const guestKeys = createGuestKeys({ shares, clock, serverSecret, onUseNotNoted })

  return {
    /** Tells guests apart from the bearers of an account's own keys. */
    withGuests:
      (authenticate: Authenticate) =>
      (request: KeyBearer): Promise<AuthorizedKey | Guest> =>
        showsGuestKey(request) ? guestKeys.authenticate(request) : authenticate(request),

    isGuest: (bearer: AuthorizedKey | Guest): bearer is Guest => 'share' in bearer,

    /** What is under way by a link ends with it, as what a key began. */
    withLinks:
      (readAccess: ReadAccess): ReadAccess =>
      async (holders) => {
        const ids = holders.flatMap(({ keyId }) => (keyId?.startsWith('share_') ? [keyId] : []))
        const facts = await readAccess(holders)
        const revoked = await shares.revokedOf([...new Set(ids)])
        return { ...facts, revokedKeys: new Set([...facts.revokedKeys, ...revoked]) }
      },

    /** The file that a link opens: its own, or one that a guest got. */
    findShared: (files: Pick<FileRepository, 'findShared'>) => async (linkId: string) => {
      const sealed = links.open(linkId)
      if (sealed === null) return await files.findShared(linkId)
      const file = await files.findShared(sealed.trackingId)
      const share = await shares.find(sealed.shareId)
      const isLive = share !== null && share.expires_at > clock.now() && share.plan === 'pro'
      return file !== null && isLive && (await trees.has(share, file.id)) ? file : null
    },

    addRoutes(app: FastifyInstance, deps: RouteOptions): void {
      const { route, forGuests } = deps.routing
      const hashing = loadHashing()
      addSharesRoutes(app, {
        ...{ ...deps, route, shares, trees, clock, run: createRunUnit(database) },
        hashPassword: async (password) => (await hashing()).hash(password),
      })
      addOpenShareRoute(app, {
        ...{ ...deps, route, guestKeys },
        verifyPassword: async (stored) => (await hashing()).verify(stored),
      })
      addGuestReads({ ...deps, forGuests, trees, links })
      addGuestUploads({ ...deps, forGuests })
      addGuestArchives({ ...deps, forGuests, trees })
    },
  }
}

/** The library is loaded when it is first needed. */
function loadHashing() {
  let loading: Promise<
    ReturnType<
      typeof import('#server/account/web-session/password-hashing.ts').createPasswordHashing
    >
  > | null = null
  return () => {
    loading ??= import('#server/account/web-session/password-hashing.ts').then(
      ({ createPasswordHashing }) => createPasswordHashing(),
    )
    return loading
  }
}
