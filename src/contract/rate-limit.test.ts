import { expect, test } from 'vitest'
import { readRateLimit } from './rate-limit.ts'

const whole = {
  'x-ratelimit-limit': '60',
  'x-ratelimit-remaining': '59',
  'x-ratelimit-reset': '1782326145',
}

function read(headers: Record<string, string>) {
  return readRateLimit((name) => headers[name] ?? null)
}

test('the three headers are read as numbers', () => {
  expect(read(whole)).toEqual({
    limit: 60,
    remaining: 59,
    resetAt: 1_782_326_145,
    retryAfter: null,
  })
})

test('a refusal says how long to wait', () => {
  expect(read({ ...whole, 'x-ratelimit-remaining': '0', 'retry-after': '17' })).toMatchObject({
    remaining: 0,
    retryAfter: 17,
  })
})

test('a Retry-After that is a date is not read as a number of seconds', () => {
  const headers = { ...whole, 'retry-after': 'Wed, 24 Jun 2026 12:00:00 GMT' }
  expect(read(headers)).toMatchObject({ limit: 60, retryAfter: null })
})

test.each(Object.keys(whole))('without %s there is no reading', (name) => {
  expect(read({ ...whole, [name]: '' })).toBeNull()
  const { [name as keyof typeof whole]: _, ...rest } = whole
  expect(read(rest)).toBeNull()
})

const nonsense = ['-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', ' 5', '5, 5', '9'.repeat(16)]

test.each(nonsense)('a proxy that sends %j for a number is not believed', (value) => {
  expect(read({ ...whole, 'x-ratelimit-remaining': value })).toBeNull()
})
