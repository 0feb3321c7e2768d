import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import { sessionEndText } from './connect-page.tsx'

const refusal = (code: string) => new ApiError({ code, status: 401, message: '' })

test('a first visit has no end to tell of', () => {
  expect(sessionEndText('fresh', null)).toBe(null)
})

test('leaving, an expired key and a revoked key are told apart', () => {
  const titles = [
    sessionEndText('signed-out', null)?.title,
    sessionEndText('refused', refusal('expired_key'))?.title,
    sessionEndText('refused', refusal('invalid_key'))?.title,
  ]
  expect(titles).toEqual([
    'You are signed out',
    'Your key has expired',
    'Your key was revoked, or is unknown here',
  ])
})

test('a server that does not answer is no end of a key', () => {
  expect(sessionEndText('refused', new ConnectionError('offline'))).toBe(null)
})
