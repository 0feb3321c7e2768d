import { expect, test } from 'vitest'
import { createImageLoader } from './load-images.ts'

function world(atOnce: number) {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<number>>()
  const loader = createImageLoader((url) => {
    begun.push(url)
    const end = Promise.withResolvers<number>()
    ends.set(url, end)
    return end.promise
  }, atOnce)
  const told: [string, number | null][] = []
  const ask = (url: string) => {
    const asking = new AbortController()
    loader.ask(url, asking.signal, (known) => told.push([url, known]))
    return asking
  }
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve))
  return { loader, begun, ends, told, ask, settle }
}

test('a few are loaded at a time, the newest question first, and what was taken back not at all', async () => {
  const { begun, ends, told, ask, settle } = world(2)
  ask('a')
  ask('b')
  ask('c')
  const taken = ask('d')
  ask('e')
  expect(begun).toEqual(['a', 'b'])
  taken.abort()
  ends.get('a')?.resolve(1.5)
  await settle()
  ends.get('b')?.resolve(1)
  await settle()
  expect(begun).toEqual(['a', 'b', 'e', 'c'])
  expect(told).toEqual([
    ['a', 1.5],
    ['b', 1],
  ])
})

test('what failed is not asked for again, and what was taken back in between is', async () => {
  const { loader, begun, ends, told, ask, settle } = world(1)
  ask('broken')
  ends.get('broken')?.reject(new Error('404'))
  await settle()
  expect([loader.known('broken'), told]).toEqual([null, [['broken', null]]])
  ask('broken')
  expect(begun).toEqual(['broken'])
  const taken = ask('slow')
  taken.abort()
  ends.get('slow')?.reject(new Error('aborted'))
  await settle()
  expect(loader.known('slow')).toBeUndefined()
  ask('slow')
  expect(begun).toEqual(['broken', 'slow', 'slow'])
})
