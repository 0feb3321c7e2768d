import { expect, test } from 'vitest'
import { apiErrorCodes, apiErrorStatus } from '#contract/api-error.ts'
import { ApiError, ConnectionError } from './api-error.ts'
import { errorText } from './error-text.ts'

test.for(apiErrorCodes)('%s has words and one next step', (code) => {
  const text = errorText(new ApiError({ code, status: apiErrorStatus[code], message: '' }))
  expect(text.title).not.toBe('')
  expect(text.nextStep).toMatch(/[.]$/)
  expect(text.title).not.toContain('_')
})

test('a scope that is missing is named by what it lets one do', () => {
  const parts = { code: 'insufficient_scope', status: 403, message: 'x' }
  expect(errorText(new ApiError({ ...parts, scope: 'upload' }))).toEqual({
    title: 'This key may not upload files',
    nextStep: 'Connect with a key that has the scope "upload".',
  })
})

test('a code of a newer server is told in its own words', () => {
  const error = new ApiError({
    code: 'quota_exceeded',
    status: 403,
    message: 'The quota is used up.',
  })
  expect(errorText(error).title).toBe('The quota is used up.')
})

test.for(['__proto__', 'constructor', 'toString'])('the code %s is no word of ours', (code) => {
  const error = new ApiError({ code, status: 400, message: 'Odd.' })
  expect(errorText(error)).toEqual({ title: 'Odd.', nextStep: 'Try again later.' })
})

test('what something in between answers is told with its status, and not as the API’s word', () => {
  const told = (status: number) =>
    errorText(new ApiError({ code: 'foreign_answer', status, message: '' }))
  expect(told(413).title).toMatch(/between here and the server.*no file this large \(413\)/)
  for (const status of [401, 403, 404, 502]) {
    expect(told(status).title).toMatch(/between here and the server/)
    expect(told(status).title).toContain(String(status))
    expect(`${told(status).title} ${told(status).nextStep}`).not.toMatch(/key|account|folder/i)
  }
})

test('a server that does not answer is told apart from a mistake of the page', () => {
  expect(errorText(new ConnectionError('x')).title).toBe('The server does not answer')
  expect(errorText(new TypeError('x')).title).toBe('Something went wrong on this page')
})
