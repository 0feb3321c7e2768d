import { expect, test } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { newUpload, type UploadFailure } from '#app/features/uploads/upload.ts'
import { createSums } from '#app/lib/transfers/transfer-sums.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import {
  failureText,
  forecastText,
  forecastUploads,
  foundAgainText,
  nameOf,
  progressText,
  summaryText,
} from './upload-text.ts'

const row = newUpload({ id: '1', name: 'clip.mov', folder: '/Films/', size: 200_000_000 })

test('a row tells share, speed and time left while it is sent, and its size else', () => {
  expect(progressText(row)).toEqual(['200 MB'])
  const sending = { ...row, state: 'running', sentBytes: 123_000_000 } as const
  expect(progressText(sending)).toEqual(['61 %'])
  expect(progressText({ ...sending, bytesPerSecond: 12_000_000, secondsLeft: 8 })).toEqual([
    '61 %',
    '12 MB/s',
    '8 s left',
  ])
})

test('an empty file is whole from its beginning', () => {
  expect(progressText({ ...row, size: 0, state: 'running' })).toEqual([
    '100 %',
    'waiting for the answer',
  ])
})

test('many files are told with the time that the window of requests takes', () => {
  const forecast = { seconds: 2_143, limitedBy: 'requests', requestsPerMinute: 60 } as const
  expect(forecastText(forecast)).toEqual(['about 36 min (60 requests a minute)'])
  expect(forecastText({ ...forecast, limitedBy: 'bytes' })).toEqual(['about 36 min'])
  expect(forecastText({ ...forecast, seconds: 0 })).toEqual([])
  expect(forecastText(null)).toEqual([])
})

test('files that were chosen again are counted, and so are those that are still missing', () => {
  expect(foundAgainText({ found: 0, already: 0 }, 3)).toBe(
    'None of these is a file that was interrupted.',
  )
  expect(foundAgainText({ found: 1, already: 0 }, 0)).toBe('1 file found again.')
  expect(foundAgainText({ found: 12, already: 3 }, 1_005)).toBe(
    '12 files found again, 3 already there, 1,005 still missing: choose the next folder again.',
  )
})

test.each([
  [3 * 2 ** 30, 2 ** 31, 'Too large: 3.2 GB. The limit is 2 GiB a file.'],
  [
    2 ** 31 + 1,
    2 ** 31,
    'Too large: 2,147,483,649 bytes. The limit is 2,147,483,648 bytes a file.',
  ],
])('a file of %d bytes where %d are taken', (size, maxBytes, reason) => {
  expect(failureText({ code: 'too_large', size, maxBytes }, 'a').reason).toBe(reason)
})

test('many empty folders are one row that names some', () => {
  const failure: UploadFailure = {
    code: 'empty_folders',
    paths: [],
    count: 1_200,
    named: ['Trip/0', 'Trip/1'],
  }
  expect(nameOf({ name: '', failure })).toBe('1,200 empty folders')
  expect(failureText(failure, '').reason).toContain('Left out: Trip/0, Trip/1, and 1,198 more.')
  const one: UploadFailure = { ...failure, count: 1 }
  expect(failureText(one, 'Trip').reason).toContain('This folder is empty.')
})

test('a file whose name is no text is told too', () => {
  const failure: UploadFailure = { code: 'unreadable' }
  expect(nameOf({ name: '', failure })).toBe('A file whose name is no text')
  expect(failureText(failure, '').nextStep).toBe('Rename it and add it again.')
  expect(failureText(failure, 'a.txt').nextStep).toBe('Make it readable and add it again.')
})

const gate = createRateLimitGate({ clock: new ManualClock(), openChannel: null, locks: null })

/** A queue of which one upload runs, as the words see it. */
function queueOf(waiting: number, size: number, speed: number | null, change = {}) {
  const sums = createSums()
  for (let at = 0; at < waiting; at += 1) sums.count('waiting', { whole: size, moved: 0 }, 1)
  sums.count('running', { whole: size, moved: 0 }, 1)
  const run = sums.read()
  const { totals } = run
  const items = totals.all
  const snapshot = {
    totals,
    items,
    run,
    speed,
    isPaused: false,
    isPausedByHand: false,
    isKept: true,
  }
  return {
    ...{ gate, requestsFor: (files: number) => files },
    getSnapshot: () => ({ ...snapshot, ...change }),
  }
}

test('what is left is the greater of the time of the bytes and of the requests', () => {
  expect(forecastUploads(queueOf(600, 1_000, 1_000_000))).toMatchObject({
    limitedBy: 'requests',
    requestsPerMinute: 60,
  })
  expect(forecastUploads(queueOf(1, 2e9, 1_000_000))).toMatchObject({
    seconds: 4_000,
    limitedBy: 'bytes',
  })
})

test('what is being sent has taken its slot', () => {
  expect(forecastUploads(queueOf(0, 10, 0))).toMatchObject({ seconds: 0 })
})

test('there is no forecast where nobody is connected', () => {
  expect(forecastUploads({ ...queueOf(2, 10, null), gate: null })).toBeNull()
})

test('the sums tell what is there of all, and when; paused, that nothing starts', () => {
  expect(summaryText(queueOf(7, 2e9, 1_000_000))).toBe('0 of 8 · 0 of 16 GB · about 4 h 27 min')
  expect(summaryText(queueOf(7, 2e9, null, { isPausedByHand: true }))).toBe(
    '0 of 8 · 0 of 16 GB · paused, 1 still on the way',
  )
  const sums = createSums()
  sums.count('done', { whole: 1, moved: 1 }, 1)
  sums.count('failed', { whole: 1, moved: 0 }, 1)
  const over = { totals: sums.read().totals, run: sums.read() }
  expect(summaryText(queueOf(0, 1, null, over))).toBe('1 done · 1 failed')
})

test('what breaks a rule of names or of depth is helped by another name or place', () => {
  const rule = 'Folders must be at most 32 levels deep.'
  expect(failureText({ code: 'against_rule', rule }, 'a.txt')).toEqual({
    reason: rule,
    nextStep: 'Rename or move it, and add it again.',
  })
})
