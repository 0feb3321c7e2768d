import { expect, test } from 'vitest'
import { eachInSlices } from './slices.ts'

test('what takes long is done in slices, and what waits goes in between', async () => {
  let between = 0
  let isOver = false
  const wait = () => {
    between += 1
    if (!isOver) setTimeout(wait)
  }
  setTimeout(wait)
  const done: number[] = []
  await eachInSlices([1, 2, 3, 4], (item) => {
    const until = performance.now() + 15
    while (performance.now() < until);
    done.push(item)
  })
  isOver = true
  expect(done).toEqual([1, 2, 3, 4])
  expect(between).toBeGreaterThan(0)
})
