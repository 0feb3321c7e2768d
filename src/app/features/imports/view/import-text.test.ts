import { expect, test } from 'vitest'
import { newJob } from '#app/features/imports/queue/import-job.ts'
import { readTask } from '#app/features/imports/queue/import-task.ts'
import { link, options } from '#app/testing/import-world.ts'
import { importErrorCodes } from '#contract/imports.ts'
import { failureText, progressText, stageText } from './import-text.ts'

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

const running = (progress: object | undefined, percent = '42%') => {
  const place = { link, options, tabId: 't', addedAt: 0 }
  const task = { id: '1', type: 'video', state: 'running', progress: percent, ...progress }
  const job = newJob(place)
  return { ...job, ...readTask(job, task) }
}

test.each([
  [undefined, ['Importing', '42 %'], ''],
  [{ stage: 'waiting' }, ['Waiting'], 'Waiting for its turn on the server'],
  [{ stage: 'looking' }, ['Importing', '42 %'], 'Looking at the source'],
  [
    {
      ...{ stage: 'downloading', part: 2, parts: 3, bytes: 12_400_000, total_bytes: 30_100_000 },
      ...{ bytes_per_second: 3_100_000, seconds_left: 8 },
    },
    ['Importing', '42 %'],
    'Downloading 2 of 3 parts · 12 MB of 30 MB · 3.1 MB/s · 8 s left',
  ],
  [{ stage: 'downloading', bytes: 999 }, ['Importing', '42 %'], 'Downloading · 999 bytes'],
  [{ stage: 'joining', bytes: 999 }, ['Importing', '42 %'], 'Joining'],
  [{ stage: 'storing' }, ['Importing', '42 %'], 'Storing'],
  [{ stage: 'polishing' }, ['Importing', '42 %'], ''],
  [{ stage: 'constructor' }, ['Importing', '42 %'], ''],
])('a running import that tells %o is told as %o', (progress, words, detail) => {
  const job = running(progress)
  expect(progressText(job).slice(0, -1)).toEqual(words)
  expect(stageText(job)).toBe(detail)
})
