import { expect, test } from 'vitest'
import { describeDrop, estimateTransfers } from './estimate-transfers.ts'
import { createRateLimitGate } from './rate-limit-gate.ts'
import { SimulatedClock } from './simulated-clock.ts'

const gate = createRateLimitGate({ clock: new SimulatedClock(), openChannel: null, locks: null })

test('what a drop costs is said before it is done', () => {
  expect(describeDrop(gate, 2_143)).toBe('2,143 files · about 36 min (60 requests a minute)')
})

test('a few files cost nothing worth a word', () => {
  expect(describeDrop(gate, 1)).toBe('1 file')
  expect(describeDrop(gate, 40)).toBe('40 files')
})

test('what is left is the greater of the time of the bytes and of the requests', () => {
  const small = { files: 600, bytes: 600_000, bytesPerSecond: 1_000_000 }
  expect(estimateTransfers(gate, small)).toMatchObject({ limitedBy: 'requests' })
  const large = { files: 2, bytes: 4e9, bytesPerSecond: 1_000_000 }
  expect(estimateTransfers(gate, large)).toEqual({ seconds: 4_000, limitedBy: 'bytes' })
})
