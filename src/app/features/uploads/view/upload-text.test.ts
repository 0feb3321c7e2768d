import { expect, test } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { newUpload, type UploadFailure } from '#app/features/uploads/upload.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import {
  failureText,
  forecastText,
  forecastUploads,
  foundAgainText,
  nameOf,
  progressText,
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
  expect(forecastText(2_143, forecast)).toBe('2,143 files · about 36 min (60 requests a minute)')
  expect(forecastText(2, { ...forecast, limitedBy: 'bytes' })).toBe('2 files · about 36 min')
  expect(forecastText(1, { ...forecast, seconds: 0 })).toBe('1 file')
  expect(forecastText(3, null)).toBe('3 files')
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

function uploads(waiting: number, size: number, bytesPerSecond: number) {
  const sent = { id: 'sent', name: 'a', folder: '/', size }
  const running = [newUpload(sent, { state: 'running', bytesPerSecond })]
  return { waiting, waitingBytes: waiting * size, running }
}

test('what is left is the greater of the time of the bytes and of the requests', () => {
  expect(forecastUploads(uploads(600, 1_000, 1_000_000), gate)).toMatchObject({
    limitedBy: 'requests',
    requestsPerMinute: 60,
  })
  expect(forecastUploads(uploads(1, 2e9, 1_000_000), gate)).toMatchObject({
    seconds: 4_000,
    limitedBy: 'bytes',
  })
})

test('what is being sent has taken its slot', () => {
  expect(forecastUploads(uploads(0, 10, 0), gate)).toMatchObject({ seconds: 0 })
})

test('there is no forecast where nothing is to be sent, or nobody is connected', () => {
  expect(forecastUploads({ waiting: 0, waitingBytes: 0, running: [] }, gate)).toBeNull()
  expect(forecastUploads(uploads(2, 10, 0), null)).toBeNull()
})

test('what breaks a rule of names or of depth is helped by another name or place', () => {
  const rule = 'Folders must be at most 32 levels deep.'
  expect(failureText({ code: 'against_rule', rule }, 'a.txt')).toEqual({
    reason: rule,
    nextStep: 'Rename or move it, and add it again.',
  })
})
