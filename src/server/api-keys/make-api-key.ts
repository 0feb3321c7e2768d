import { createHash, randomBytes } from 'node:crypto'
import type * as z from 'zod/mini'
import {
  apiKeyPrefix,
  apiKeysPerAccount,
  type createApiKeyBody,
  type OwnedApiKey,
} from '#contract/api-keys.ts'
import { type Clock, isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { ApiKeyRepository } from './api-key-repository.ts'

/** ISO 8601 needs more than four digits from here on, which few programs read. */
const firstOfYear10000 = Date.UTC(10_000, 0)

export type WantedApiKey = z.output<typeof createApiKeyBody>

/**
 * Makes a key for an account. `secret` is its only copy.
 * @throws ApiFailure `invalid_request` when it would have expired already, be one too many, or have a
 * name that is no line of text
 */
export async function makeApiKey(
  { apiKeys, clock }: { apiKeys: ApiKeyRepository; clock: Clock },
  userId: string,
  wanted: WantedApiKey,
): Promise<{ key: OwnedApiKey; secret: string }> {
  requirePlainName(wanted.name)
  const createdAt = clock.now()
  const expiresAt = wanted.expires_at === null ? null : Date.parse(wanted.expires_at)
  if (expiresAt !== null && expiresAt <= createdAt) {
    throw new ApiFailure('invalid_request', 'The expiry must be in the future.')
  }
  if (expiresAt !== null && expiresAt >= firstOfYear10000) {
    throw new ApiFailure('invalid_request', 'The expiry must be before the year 10000.')
  }
  const secret = createApiKeySecret()
  const { prefix, last4 } = describeApiKey(secret)
  const id = `key_${randomText(16)}`
  const scopes = [...new Set(wanted.scopes)]
  const isStored = await apiKeys.addUpTo(apiKeysPerAccount, {
    id,
    userId,
    name: wanted.name,
    secretHash: hashApiKey(secret),
    prefix,
    last4,
    scopes,
    createdAt,
    expiresAt,
  })
  if (!isStored) {
    throw new ApiFailure(
      'invalid_request',
      `An account has at most ${apiKeysPerAccount} keys. Revoke one that is not needed any more.`,
    )
  }
  const key = {
    id,
    name: wanted.name,
    scopes,
    key_prefix: prefix,
    key_last4: last4,
    created_at: isoTime(createdAt),
    expires_at: expiresAt === null ? null : isoTime(expiresAt),
    last_used_at: null,
  }
  return { key, secret }
}

/** A name is shown on one line, in terminals, too; half a character could not be stored as it is. */
function requirePlainName(name: string): void {
  if (!name.isWellFormed()) {
    throw new ApiFailure('invalid_request', 'A key name must be valid Unicode.')
  }
  if (/\p{Cc}/u.test(name)) {
    throw new ApiFailure('invalid_request', 'A key name must not contain control characters.')
  }
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 28 characters of base62 are 166 random bits; 160 are promised. */
const secretLength = 28
const shownLength = 6

const wellFormed = new RegExp(`^${apiKeyPrefix}[0-9A-Za-z]{${secretLength}}$`)

/** A new key. It is shown once and stored nowhere. */
export function createApiKeySecret(): string {
  return apiKeyPrefix + randomText(secretLength)
}

/** False for text that cannot be a key; checked before anything is hashed or looked up. */
export function isApiKeySecret(text: string): boolean {
  return wellFormed.test(text)
}

/**
 * SHA-256 of the key in hex, the only form that is stored. A slow hash guards short passwords;
 * nobody can try 2^166 keys, and every request would pay for it.
 */
export function hashApiKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** What may be shown of a key: `csb_live_ab12cd...` and its last four characters. */
export function describeApiKey(secret: string): { prefix: string; last4: string } {
  return {
    prefix: `${secret.slice(0, apiKeyPrefix.length + shownLength)}...`,
    last4: secret.slice(-4),
  }
}

/** `length` characters of base62, each with the same chance. */
export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      // 248 is the last multiple of 62 in a byte: above it the first eight characters would come up more often.
      if (byte < 248) text += alphabet[byte % 62]
    }
  }
  return text
}
