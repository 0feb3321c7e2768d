import { expect, test } from 'vitest'
import { newJob } from '#app/features/imports/queue/import-job.ts'
import { readTask } from '#app/features/imports/queue/import-task.ts'
import { link, options } from '#app/testing/import-world.ts'
import { importErrorCodes } from '#contract/imports.ts'
import { failureText } from './import-text.ts'

function textOf(error: { error?: string; error_code?: string }) {
  const place = { link, options, tabId: 't', addedAt: 0 }
  const task = { id: '1', type: 'video', state: 'failed', progress: '', ...error }
  const { failure } = readTask(newJob(place), task)
  return failure && failureText(failure)
}

/** The server's own sentence of these says what to do. */
const saidByServer = ['link_expired', 'live', 'no_video', 'retry_later']

test.each(importErrorCodes)('a task that failed with %s says what to do next', (code) => {
  const error = 'Why it failed.'
  const text = textOf({ error, error_code: code })
  const nextStep = saidByServer.includes(code) ? '' : expect.stringMatching(/^[A-Z].*\.$/)
  expect(text).toEqual({ reason: error, nextStep })
})

test.each([
  { error: 'A word of another server.' },
  { error: 'A word of another server.', error_code: 'teapot' },
  { error: 'A word of another server.', error_code: 'constructor' },
])('what another server says is shown as it is: %o', (task) => {
  expect(textOf(task)).toEqual({ reason: task.error, nextStep: 'Check the link, then retry.' })
})

test('a server that says nothing at all still leaves a reason and a step', () => {
  expect(textOf({})).toEqual({
    reason: 'The server could not import this link.',
    nextStep: 'Check the link, then retry.',
  })
})
