import { expect, test } from 'vitest'
import { createImageLoader, type LoadedPicture } from './load-images.ts'

function world(atOnce: number) {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<LoadedPicture>>()
  const loader = createImageLoader(({ key: url }: { key: string }) => {
    begun.push(url)
    const end = Promise.withResolvers<LoadedPicture>()
    ends.set(url, end)
    return end.promise
  }, atOnce)
  const told: [string, number | null][] = []
  const ask = (url: string) => {
    const asking = new AbortController()
    loader.ask({ key: url }, asking.signal, (known) => told.push([url, known?.shape ?? null]))
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
  ends.get('a')?.resolve({ src: 'a', shape: 1.5 })
  await settle()
  ends.get('b')?.resolve({ src: 'b', shape: 1 })
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
