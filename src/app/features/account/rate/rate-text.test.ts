import { expect, test } from 'vitest'
import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'
import {
  countdown,
  countWaiting,
  isMoving,
  rateAnnouncement,
  rateLine,
  shortRateLine,
} from './rate-text.ts'
import { rateNotes } from './request-chart.tsx'

const now = 500_000
const quiet: GateSnapshot = {
  limit: 60,
  remaining: 60,
  nextSlotAt: null,
  waiting: { person: 0, transfer: 0, polling: 0, background: 0 },
  waitsMs: 0,
  closedUntil: null,
  otherPrograms: 0,
  refusals: 0,
  recent: [],
}
const waiting = { person: 0, transfer: 11, polling: 1, background: 0 }

test('while nothing happens the line says what the figures are', () => {
  expect(rateLine(quiet, now)).toBe('requests left this minute')
  expect(isMoving(quiet)).toBe(false)
  expect(rateAnnouncement(quiet)).toBe('')
  expect(rateNotes(quiet, now)).toEqual([])
})

test('requests that are held back are counted, with the time to the next', () => {
  const held = { ...quiet, waiting, nextSlotAt: now + 2_100, waitsMs: 40_000 }
  expect(countWaiting(held)).toBe(12)
  expect(rateLine(held, now)).toBe('12 requests wait · next in 3 s')
  expect(rateNotes(held, now)).toEqual(['12 requests wait. The last of them goes out in 40 s.'])
  const one = { ...held, waiting: { ...waiting, transfer: 0 } }
  expect(rateLine(one, now)).toBe('1 request waits · next in 3 s')
})

test('a pause that the server asked for goes before all else', () => {
  const paused = { ...quiet, waiting, otherPrograms: 5, closedUntil: now + 24_000 }
  expect(rateLine(paused, now)).toBe('Paused · goes on in 24 s')
  expect(rateNotes(paused, now)[0]).toContain('pause of 24 s')
})

test('on a narrow page a number or two words must do', () => {
  expect(shortRateLine({ ...quiet, remaining: 47 }, now)).toBe('47')
  expect(shortRateLine({ ...quiet, waiting }, now)).toBe('12 wait')
  expect(shortRateLine({ ...quiet, waiting, closedUntil: now + 24_000 }, now)).toBe('24 s')
})

test('another program is named when nothing of ours waits', () => {
  expect(rateLine({ ...quiet, otherPrograms: 8 }, now)).toBe('Another program used 8')
})

test('what is read out has no figure that changes every second', () => {
  const first = { ...quiet, waiting, nextSlotAt: now + 2_100 }
  const second = { ...first, waiting: { ...waiting, transfer: 10 }, nextSlotAt: now + 1_100 }
  expect(rateAnnouncement(first)).toBe(rateAnnouncement(second))
  expect(rateAnnouncement(first)).not.toBe('')
})

test.each([
  [0, '0 s'],
  [1, '1 s'],
  [2_000, '2 s'],
  [2_001, '3 s'],
  [59_999, '60 s'],
  [99_000, '99 s'],
  [125_000, '2 min 05 s'],
  [3_600_000, '1 h 0 min'],
  [7_800_000, '2 h 10 min'],
])('%i ms ahead reads %s', (ms, words) => {
  expect(countdown(1_000_000 + ms, 1_000_000)).toBe(words)
})

test('a moment that has passed counts no further down than nothing', () => {
  expect(countdown(1_000, 9_000)).toBe('0 s')
})
