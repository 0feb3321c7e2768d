import { expect, test } from 'vitest'
import {
  ApiError,
  ConnectionError,
  errorFromValues,
  errorValues,
  isTransient,
} from './api-error.ts'
import { errorText } from './error-text.ts'

const refusal = (status: number, code = 'x') => new ApiError({ code, status, message: '' })

test.for([408, 502, 503, 504])('%i may pass', (status) => {
  expect(isTransient(refusal(status))).toBe(true)
})

test.for([400, 401, 403, 404, 413, 500])('%i is never asked for again', (status) => {
  expect(isTransient(refusal(status))).toBe(false)
})

test('no answer at all may pass, and so may a proxy’s word for a server that it cannot reach', () => {
  expect(isTransient(new ConnectionError('no answer'))).toBe(true)
  expect(isTransient(refusal(522, 'foreign_answer'))).toBe(true)
})

test('what is switched off stays off: feature_disabled is not asked for again', () => {
  expect(isTransient(refusal(503, 'feature_disabled'))).toBe(false)
})

test.each([
  new ApiError({ code: 'insufficient_scope', status: 403, message: 'No.', scope: 'upload' }),
  new ApiError({ code: 'invalid_request', status: 400, message: 'That address is private.' }),
  new ApiError({ code: 'foreign_answer', status: 413, message: '' }),
  new ConnectionError('no answer'),
  new TypeError('of this page'),
])('kept as values, %s has the words that it had', (error) => {
  const kept = JSON.parse(JSON.stringify(errorValues(error)))
  expect(errorText(errorFromValues(kept))).toEqual(errorText(error))
})
