import { createHash, randomBytes } from 'node:crypto'
import { apiKeyPrefix } from '#contract/api-keys.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 28 characters of base62 are 166 random bits; 160 are promised. */
const secretLength = 28
const shownLength = 6

const wellFormed = new RegExp(`^${apiKeyPrefix}[0-9A-Za-z]{${secretLength}}$`)

/** A new key. Its text exists only here and in the one answer that shows it. */
export function createApiKeySecret(): string {
  return apiKeyPrefix + randomText(secretLength)
}

/** Text that no key can be is told apart before anything is hashed or looked up. */
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
