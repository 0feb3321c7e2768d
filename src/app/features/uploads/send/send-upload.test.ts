import { expect, test } from 'vitest'
import { addSample, bytesPerSecond, secondsForBytes } from './send-upload.ts'

test('the speed is what the window carried, not what the whole upload did', () => {
  let samples = addSample([], { at: 0, bytes: 0 })
  samples = addSample(samples, { at: 10_000, bytes: 1_000_000 })
  samples = addSample(samples, { at: 12_000, bytes: 5_000_000 })
  expect(bytesPerSecond(samples, 12_000)).toBe(2_000_000)
})

test('a line that stands still gets slower while it stands', () => {
  const samples = [
    { at: 0, bytes: 0 },
    { at: 1_000, bytes: 4_000 },
  ]
  expect(bytesPerSecond(samples, 1_000)).toBe(4_000)
  expect(bytesPerSecond(samples, 4_000)).toBe(1_000)
})

test('a second try counts from its own beginning', () => {
  const samples = addSample([{ at: 0, bytes: 900 }], { at: 1_000, bytes: 100 })
  expect(samples).toEqual([{ at: 1_000, bytes: 100 }])
})

test('nothing is claimed from a moment too short to tell', () => {
  expect(bytesPerSecond([], 5)).toBeNull()
  expect(bytesPerSecond([{ at: 0, bytes: 0 }], 100)).toBeNull()
})

test.each([
  [0, null, 0],
  [10, null, null],
  [10, 0, null],
  [10, 3, 4],
])('%i bytes at %s bytes a second take %s s', (bytes, speed, seconds) => {
  expect(secondsForBytes(bytes, speed)).toBe(seconds)
})
