import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ApiFailure } from '#server/http/api-failure.ts'
import type { Clock } from '#server/http/clock.ts'
import type { ApiKeyRepository, StoredApiKey } from './api-key-repository.ts'
import { hashApiKey, isApiKeySecret } from './api-key-secret.ts'

/** A key that exists, lives, and belongs to an account that may use the API. */
export type AuthorizedKey = {
  id: string
  userId: string
  username: string
  plan: string
  name: string
  scopes: string[]
  prefix: string
  last4: string
  createdAt: Date
  expiresAt: Date | null
}

export type Authenticate = (request: IncomingMessage) => Promise<AuthorizedKey>

type Parts = {
  apiKeys: ApiKeyRepository
  clock: Clock
  /** Told when the time of last use could not be written; the request goes on. */
  onUseNotNoted: (error: unknown) => void
}

/** "Last used" is for people: once a minute is often enough, and keeps reading from writing. */
const usedEveryMs = 60_000

/**
 * Makes the check that every request with a key passes first. It looks into the database each time,
 * so a key that was revoked, by whatever process, is dead for the next request.
 * The check throws ApiFailure: first about the key, then about its account.
 */
export function createAuthenticate({ apiKeys, clock, onUseNotNoted }: Parts): Authenticate {
  return async (request) => {
    const key = await findKey(apiKeys, readBearer(request))
    const now = clock.now()
    requireLive(key, now)
    const authorized = toAuthorizedKey(key)
    if (key.lastUsedAt === null || Math.abs(now - key.lastUsedAt) >= usedEveryMs) {
      await apiKeys.markUsed(key.id, now).catch(onUseNotNoted)
    }
    return authorized
  }
}

/** "Authorization: Bearer csb_live_…". Node keeps the first of two such headers silently; two are none. */
function readBearer(request: IncomingMessage): string {
  const [header, ...more] = request.headersDistinct.authorization ?? []
  // RFC 9110: the scheme's case does not matter.
  const secret = /^bearer +([\w.~+/-]+=*)$/i.exec(header?.trim() ?? '')?.[1]
  if (secret === undefined || more.length > 0) {
    throw new ApiFailure(
      'missing_auth',
      header === undefined
        ? 'This needs an API key in the header "Authorization: Bearer csb_live_…".'
        : 'The Authorization header must be one "Bearer" and an API key.',
    )
  }
  return secret
}

async function findKey(apiKeys: ApiKeyRepository, secret: string): Promise<StoredApiKey> {
  if (isApiKeySecret(secret)) {
    const hash = hashApiKey(secret)
    const key = await apiKeys.findByHash(hash)
    // The index compares hashes byte by byte, but who times it learns of a hash, which cannot be
    // chosen; the last word is a comparison that takes the same time for every answer.
    if (key && timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hash))) return key
  }
  throw unknownKey()
}

function requireLive(key: StoredApiKey, now: number): void {
  // A revoked key is told as an unknown one, whatever else is wrong with it.
  if (key.revokedAt !== null) throw unknownKey()
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw new ApiFailure('expired_key', 'This API key has expired.')
  }
}

function unknownKey(): ApiFailure {
  return new ApiFailure('invalid_key', 'This API key is unknown or was revoked.')
}

function toAuthorizedKey(key: StoredApiKey): AuthorizedKey {
  const { id, userId, username, plan, name, scopes, prefix, last4 } = key
  if (username === null || plan === null || key.isBanned) {
    throw new ApiFailure('account_unavailable', 'The account of this API key is not available.')
  }
  if (plan !== 'pro') {
    throw new ApiFailure('premium_required', 'The API needs an account with the pro plan.')
  }
  const createdAt = new Date(key.createdAt)
  const expiresAt = key.expiresAt === null ? null : new Date(key.expiresAt)
  return { id, userId, username, plan, name, scopes, prefix, last4, createdAt, expiresAt }
}
