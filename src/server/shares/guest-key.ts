import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ApiErrorCode } from '#contract/api-error.ts'
import { guestKeyPrefix, type ShareKind } from '#contract/shares.ts'
import { readBearer } from '#server/api-keys/authenticate.ts'
import { hashApiKey, randomText } from '#server/api-keys/make-api-key.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { KeyBearer } from '#server/http/route/route.ts'
import type { ShareRepository, StoredShare } from './share-repository.ts'

/** Somebody who came by a link. It has no `userId`: nothing may be done in the account's name. */
export type Guest = { id: string; scopes: [ShareKind]; share: LiveShare }

/** A link that has not ended, of an account that may use the API. */
export type LiveShare = StoredShare & { username: string }

/** 28 characters of base62 are 166 random bits. */
const secretLength = 28
const wellFormed = new RegExp(
  `^${guestKeyPrefix}([0-9A-Za-z]{${secretLength}})(?:\\.([\\w-]{43}))?$`,
)

export function createShareSecret(): string {
  return randomText(secretLength)
}

/** The only form in which a link is stored. */
export function hashShareSecret(secret: string): string {
  return hashApiKey(guestKeyPrefix + secret)
}

/** Whether a request shows a guest key, or what should be one. */
export function showsGuestKey({ headersDistinct }: KeyBearer): boolean {
  const [header, ...more] = headersDistinct.authorization ?? []
  return more.length === 0 && /^bearer +csb_guest_/i.test(header?.trim() ?? '')
}

type Deps = {
  shares: ShareRepository
  clock: Clock
  /** The server's own: who has only the database makes no keys with it. */
  serverSecret: string
  /** Told when the time of last use could not be written; the request goes on. */
  onUseNotNoted: (error: unknown) => void
}

export type GuestKeys = ReturnType<typeof createGuestKeys>

/** "Last used" is for people. */
const usedEveryMs = 60_000

/** Who may come in by links. All of it throws ApiFailure, with `keyId` once the link is known. */
export function createGuestKeys({ shares, clock, serverSecret, onUseNotNoted }: Deps) {
  const noting = new Set<string>()

  function noteUse({ id, last_used_at }: StoredShare): void {
    const now = clock.now()
    const isNoted = last_used_at !== null && Math.abs(now - last_used_at) < usedEveryMs
    if (isNoted || noting.has(id)) return
    noting.add(id)
    // Not awaited: while another process holds the database, every request would wait, too.
    shares
      .markUsed(id, now)
      .catch(onUseNotNoted)
      .finally(() => noting.delete(id))
  }

  /** What stands behind the secret of a link with a password; it changes with the password. */
  function proofOf({ id, password_hash }: StoredShare): string {
    return createHmac('sha256', serverSecret)
      .update(`guest ${id} ${password_hash}`)
      .digest('base64url')
  }

  function requireLive(share: StoredShare | null): LiveShare {
    if (share === null) {
      throw new ApiFailure('invalid_key', 'This link is unknown or was withdrawn.')
    }
    const refuse = (code: ApiErrorCode, message: string) =>
      new ApiFailure(code, message, { keyId: share.id })
    if (share.expires_at <= clock.now()) throw refuse('expired_key', 'This link has expired.')
    const { username } = share
    if (username === null || share.plan === null || share.banned === 1) {
      throw refuse('account_unavailable', 'The account that made this link is not available.')
    }
    if (share.plan !== 'pro') {
      throw refuse('premium_required', 'The account that made this link has no pro plan any more.')
    }
    return { ...share, username }
  }

  return {
    async authenticate(request: KeyBearer): Promise<Guest> {
      const [, secret, proof] = wellFormed.exec(readBearer(request)) ?? []
      const found = secret === undefined ? null : await shares.findByHash(hashShareSecret(secret))
      const share = requireLive(found)
      if (share.password_hash !== null) requireProof(share, proof)
      noteUse(share)
      return { id: share.id, scopes: [share.kind], share }
    },

    /** The link with this secret, whether it has a password or not. */
    async find(secret: string): Promise<LiveShare> {
      const isPossible = wellFormed.test(guestKeyPrefix + secret) && !secret.includes('.')
      return requireLive(isPossible ? await shares.findByHash(hashShareSecret(secret)) : null)
    },

    /** The link of this id. */
    require: async (id: string): Promise<LiveShare> => requireLive(await shares.find(id)),

    /** The key of whoever knows the password, where there is one. */
    keyOf(secret: string, share: LiveShare): string {
      const key = guestKeyPrefix + secret
      return share.password_hash === null ? key : `${key}.${proofOf(share)}`
    },
  }

  function requireProof(share: LiveShare, proof: string | undefined): void {
    if (proof === undefined) {
      throw new ApiFailure('missing_auth', 'This link asks for a password.', { keyId: share.id })
    }
    // As long as each other: the form of the key says so.
    if (!timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(share)))) {
      const message = 'This link asks for its password again.'
      throw new ApiFailure('invalid_key', message, { keyId: share.id })
    }
  }
}
