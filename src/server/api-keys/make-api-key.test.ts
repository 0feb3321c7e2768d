import { expect, test } from 'vitest'
import {
  createApiKeySecret,
  describeApiKey,
  hashApiKey,
  isApiKeySecret,
  randomText,
} from './make-api-key.ts'

test('a key is csb_live_ and at least 160 random bits of base62', () => {
  const secret = createApiKeySecret()
  expect(secret).toMatch(/^csb_live_[0-9A-Za-z]+$/)
  expect((secret.length - 'csb_live_'.length) * Math.log2(62)).toBeGreaterThan(160)
  expect(isApiKeySecret(secret)).toBe(true)
  expect(createApiKeySecret()).not.toBe(secret)
})

test('every character of the alphabet comes up equally often', () => {
  const counts = new Map<string, number>()
  const length = 620_000
  for (const character of randomText(length)) {
    counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  expect(counts.size).toBe(62)
  // A plain `byte % 62` gives the first eight characters 12,109 on average; a fair draw strays by 99.
  for (const count of counts.values()) expect(Math.abs(count - length / 62)).toBeLessThan(700)
})

test('what is shown of a key is its first six and last four characters', () => {
  const secret = 'csb_live_ab12cdMMMMMMMMMMMMMMMMMMwxyz'
  expect(describeApiKey(secret)).toEqual({ prefix: 'csb_live_ab12cd...', last4: 'wxyz' })
})

test('the stored form is the SHA-256 of the whole key', () => {
  expect(hashApiKey('csb_live_')).toBe(
    '2b4223a6b7ed22f59cc18bcb3a0ff5e95a07b8139481e30e9bc16d67022df6d3',
  )
})

test.each([
  '',
  'csb_live_',
  'csb_test_ab12cdMMMMMMMMMMMMMMMMMMwxyz',
  'csb_live_ab12cdMMMMMM-MMMMMMMMMMMwxyz',
])('the text %j is no key', (text) => {
  expect(isApiKeySecret(text)).toBe(false)
})
