import { expect, test } from 'vitest'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { estimateTransfers } from './estimate-transfers.ts'

const gate = createRateLimitGate({ clock: new ManualClock(), openChannel: null, locks: null })

test('what is left is the greater of the time of the bytes and of the requests', () => {
  const small = { files: 600, bytes: 600_000, bytesPerSecond: 1_000_000 }
  expect(estimateTransfers(gate, small)).toMatchObject({ limitedBy: 'requests' })
  const large = { files: 2, bytes: 4e9, bytesPerSecond: 1_000_000 }
  expect(estimateTransfers(gate, large)).toEqual({ seconds: 4_000, limitedBy: 'bytes' })
})
