import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import { passwordText, refusalText } from './visit-text.ts'

const refused = (code: string, retryAfter: number | null = null) =>
  new ApiError({ code, status: 401, message: 'as the server says', retryAfter })

test.each(['invalid_key', 'expired_key', 'account_unavailable', 'premium_required'])(
  '%s is told in words for who has no key, and trying again is not offered',
  (code) => {
    const text = refusalText(refused(code))
    expect(text.title).toMatch(/link/)
    expect(`${text.title} ${text.nextStep}`).not.toMatch(/\bkey\b/)
    expect(text.canRetry).toBe(false)
  },
)

test('a server that is away can be tried again', () => {
  expect(refusalText(new ConnectionError('away')).canRetry).toBe(true)
  expect(refusalText(refused('unavailable')).canRetry).toBe(true)
})

test('what is wrong with a password says what to do', () => {
  expect(passwordText(null)).toBe('')
  expect(passwordText(refused('missing_auth'))).toContain('Type it again')
  expect(passwordText(refused('rate_limited', 30))).toContain('Wait 30 s')
  expect(passwordText(new ConnectionError('away'))).toContain('does not answer')
})
