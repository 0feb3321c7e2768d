import { expect, test } from 'vitest'
import { newRow } from '#app/features/uploads/queue/validate-file.ts'
import { forecastText, foundAgainWords, progressText } from './upload-text.ts'

const row = newRow({ id: '1', name: 'clip.mov', folder: '/Films/', size: 200_000_000 })

test('a row tells share, speed and time left while it is sent, and its size else', () => {
  expect(progressText(row)).toEqual(['200 MB'])
  const sending = { ...row, state: 'sending', sentBytes: 123_000_000 } as const
  expect(progressText(sending)).toEqual(['61 %'])
  expect(progressText({ ...sending, bytesPerSecond: 12_000_000, secondsLeft: 8 })).toEqual([
    '61 %',
    '12 MB/s',
    '8 s left',
  ])
})

test('an empty file is whole from its beginning', () => {
  expect(progressText({ ...row, size: 0, state: 'sending' })).toEqual(['100 %'])
})

test('many files are told with the time that the window of requests takes', () => {
  const forecast = { seconds: 2_143, limitedBy: 'requests', requestsPerMinute: 60 } as const
  expect(forecastText(2_143, forecast)).toBe('2,143 files · about 36 min (60 requests a minute)')
  expect(forecastText(2, { ...forecast, limitedBy: 'bytes' })).toBe('2 files · about 36 min')
  expect(forecastText(1, { ...forecast, seconds: 0 })).toBe('1 file')
  expect(forecastText(3, null)).toBe('3 files')
})

test('files that were chosen again are counted, and so are those that are still missing', () => {
  expect(foundAgainWords(0, 3)).toBe('None of these is a file that was interrupted.')
  expect(foundAgainWords(1, 0)).toBe('1 file found again.')
  expect(foundAgainWords(12, 1_005)).toBe(
    '12 files found again, 1,005 still missing: press Retry all for the next folder.',
  )
})
