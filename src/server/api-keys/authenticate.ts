import { timingSafeEqual } from 'node:crypto'
import type { ApiErrorCode } from '#contract/api-error.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { KeyBearer } from '#server/http/route/route.ts'
import type { ApiKeyRepository, StoredApiKey } from './api-key-repository.ts'
import { hashApiKey, isApiKeySecret } from './make-api-key.ts'

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

export type Authenticate = (request: KeyBearer) => Promise<AuthorizedKey>

type Deps = {
  apiKeys: ApiKeyRepository
  clock: Clock
  /** Told when the time of last use could not be written; the request goes on. */
  onUseNotNoted: (error: unknown) => void
}

/** "Last used" is for people: once a minute is enough, and most requests need not write. */
const usedEveryMs = 60_000

/**
 * Makes the check that every request with a key passes first. It reads the database each time, so
 * a key that any process has revoked is refused at the next request.
 * The check throws ApiFailure, about the key first and then its account; it carries `keyId` once
 * the key is known.
 */
export function createAuthenticate({ apiKeys, clock, onUseNotNoted }: Deps): Authenticate {
  const noting = new Set<string>()

  /** Not awaited: while another process holds the database, every request would wait, too. */
  function noteUse(id: string, now: number): void {
    if (noting.has(id)) return
    noting.add(id)
    apiKeys
      .markUsed(id, now)
      .catch(onUseNotNoted)
      .finally(() => noting.delete(id))
  }

  return async (request) => {
    const key = await findKey(apiKeys, readBearer(request))
    const now = clock.now()
    const authorized = authorizeKey(key, now)
    if (key.lastUsedAt === null || Math.abs(now - key.lastUsedAt) >= usedEveryMs) {
      noteUse(key.id, now)
    }
    return authorized
  }
}

/** "Authorization: Bearer csb_live_…". Node keeps the first of two such headers silently; two are none. */
export function readBearer(request: KeyBearer): string {
  const [header, ...more] = request.headersDistinct.authorization ?? []
  // RFC 9110: the scheme's case does not matter.
  const secret = /^bearer +([\w.~+/-]+=*)$/i.exec(header?.trim() ?? '')?.[1]
  if (secret === undefined || more.length > 0) {
    throw new ApiFailure('missing_auth', explainMissingKey(request))
  }
  return secret
}

async function findKey(apiKeys: ApiKeyRepository, secret: string): Promise<StoredApiKey> {
  if (isApiKeySecret(secret)) {
    const hash = hashApiKey(secret)
    const key = await apiKeys.findByHash(hash)
    // The index lookup is not constant-time, but its timing tells only of hashes, which nobody
    // can choose; the final comparison is constant-time.
    const isSame = key && timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hash))
    // A revoked key is answered like an unknown one, whatever else is wrong with it.
    if (isSame && key.revokedAt === null) return key
  }
  throw new ApiFailure('invalid_key', 'This API key is unknown or was revoked.')
}

function authorizeKey(key: StoredApiKey, now: number): AuthorizedKey {
  const refuse = (code: ApiErrorCode, message: string) =>
    new ApiFailure(code, message, { keyId: key.id })
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw refuse('expired_key', 'This API key has expired.')
  }
  const { id, userId, username, plan, name, scopes, prefix, last4 } = key
  if (username === null || plan === null || key.isBanned) {
    throw refuse('account_unavailable', 'The account of this API key is not available.')
  }
  if (plan !== 'pro') {
    throw refuse('premium_required', 'The API needs an account with the pro plan.')
  }
  const createdAt = new Date(key.createdAt)
  const expiresAt = key.expiresAt === null ? null : new Date(key.expiresAt)
  return { id, userId, username, plan, name, scopes, prefix, last4, createdAt, expiresAt }
}

const right = 'the header "Authorization: Bearer csb_live_…"'

/** Says what to send instead of what other services accept. */
function explainMissingKey({ headersDistinct, url = '' }: KeyBearer): string {
  const [header, ...more] = headersDistinct.authorization ?? []
  if (more.length > 0)
    return 'The Authorization header must be one "Bearer" and an API key, not two.'
  if (header !== undefined) return ofHeader(header.trim())
  if (headersDistinct['x-api-key'] || headersDistinct['api-key']) {
    return `This API key came in another header: send it in ${right}.`
  }
  // The address is no place for a secret: logs and histories keep it.
  return /[?&](key|api_?key|access_token|token|auth)=/i.test(url)
    ? `An API key must not be in the address, which logs keep: send it in ${right}. Consider revoking this one.`
    : `This needs an API key in ${right}.`
}

function ofHeader(header: string): string {
  const [, scheme = ''] = /^([\w-]+)(?= |$)/.exec(header) ?? []
  if (/^csb_live_/.test(header)) return `The word "Bearer" is missing: send ${right}.`
  if (/^bearer\s+bearer\b/i.test(header)) return `"Bearer" stands there twice: send ${right}.`
  if (/^bearer$/i.test(header)) return `There is no key after "Bearer": send ${right}.`
  if (/^bearer\b/i.test(header)) {
    return `After "Bearer" comes a blank and the API key alone, without quotes or brackets: send ${right}.`
  }
  if (/^(token|apikey|api-key|basic|key|digest)$/i.test(scheme)) {
    return `"${scheme}" is not known here: send the key in ${right}.`
  }
  return `The Authorization header must be one "Bearer" and an API key: send ${right}.`
}
