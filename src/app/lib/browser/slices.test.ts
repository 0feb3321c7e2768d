import { expect, test } from 'vitest'
import { eachInSlices, sortInSlices } from './slices.ts'

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

test('thousands are sorted as a sort does it, those that are alike in their order', async () => {
  const seed = Math.floor(Math.random() * 1_000)
  const items = Array.from({ length: 5_003 }, (_, at) => ({ at, key: (at * 7_919 + seed) % 301 }))
  const compare = (a: { key: number }, b: { key: number }) => a.key - b.key
  expect({ seed, sorted: await sortInSlices(items, compare) }).toEqual({
    seed,
    sorted: items.toSorted(compare),
  })
  expect(await sortInSlices([], compare)).toEqual([])
})
