import { expect, test } from 'vitest'
import { ApiError, ConnectionError, isTransient } from './api-error.ts'

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
