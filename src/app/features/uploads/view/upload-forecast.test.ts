import { expect, test } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { newUpload } from '#app/features/uploads/upload.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { forecastUploads } from './upload-forecast.ts'

const gate = createRateLimitGate({ clock: new ManualClock(), openChannel: null, locks: null })

function uploads(count: number, size: number, bytesPerSecond: number) {
  const place = { name: 'a', folder: '/', size }
  const sent = newUpload({ ...place, id: 'sent' }, { state: 'running', bytesPerSecond })
  const waiting = Array.from({ length: count }, (_, id) => newUpload({ ...place, id: `${id}` }))
  return [sent, ...waiting]
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
  expect(forecastUploads([], gate)).toBeNull()
  expect(forecastUploads(uploads(2, 10, 0), null)).toBeNull()
})
