import { expect, test } from 'vitest'
import { manualTime } from '#app/testing/manual-clock.ts'
import { type Sums, tellSums } from './announce-totals.ts'

const none: Sums = { unfinished: 0, done: 0, failed: 0, cancelled: 0 }

function world() {
  const { clock, passTime } = manualTime()
  const told: string[] = []
  let sums = none
  let listener = () => {}
  tellSums({
    verb: 'uploaded',
    getSums: () => sums,
    before: none,
    subscribe(next) {
      listener = next
      return () => {}
    },
    clock,
    tell: (words) => told.push(words),
  })
  const change = (next: Partial<Sums>) => {
    sums = { ...sums, ...next }
    listener()
  }
  return { told, change, passTime }
}

test('forty uploads are told by their sums: at the start, now and then, and at the end', async () => {
  const { told, change, passTime } = world()
  change({ unfinished: 40 })
  await passTime(1_000)
  for (let done = 1; done <= 12; done += 1) change({ unfinished: 40 - done, done })
  change({ unfinished: 27, failed: 1 })
  await passTime(15_000)
  await passTime(15_000)
  change({ unfinished: 0, done: 39 })
  await passTime(500)
  await passTime(60_000)
  expect(told).toEqual([
    '0 of 40 uploaded',
    '12 of 40 uploaded, 1 failed',
    '39 of 40 uploaded, 1 failed',
  ])
})

test('a second run counts its own, whatever was cleared before or meanwhile', async () => {
  const { told, change, passTime } = world()
  change({ unfinished: 2 })
  change({ unfinished: 0, done: 2 })
  await passTime(500)
  change({ unfinished: 3 })
  await passTime(1_000)
  change({ unfinished: 2, done: 3 })
  change({ done: 0 })
  change({ unfinished: 0, done: 1, cancelled: 1 })
  await passTime(500)
  expect(told).toEqual(['2 of 2 uploaded', '0 of 3 uploaded', '1 of 2 uploaded, 1 cancelled'])
})
