import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LinkFailure } from '#app/api/http/read-range.ts'
import { forgetPictures } from '#app/lib/kept-pictures.ts'
import { createKeptThumbnails } from './kept-thumbnails.ts'
import type { Thumbnail } from './shrink-picture.ts'
import { createThumbnailsHere } from './thumbnails-here.ts'

const made = (bytes: number): Thumbnail => ({
  blob: new Blob([new Uint8Array(bytes)], { type: 'image/webp' }),
  shape: 1.5,
})
const here = (name: string) => `https://here.example/share/1/${name}`
const { signal } = new AbortController()

beforeEach(() => {
  vi.stubGlobal('location', { origin: 'https://here.example' })
  vi.stubGlobal('navigator', { onLine: true })
})
afterEach(() => {
  forgetPictures()
  vi.unstubAllGlobals()
})

test('what was made is kept by its link, with its shape, until the session ends', async () => {
  const kept = createKeptThumbnails()
  await kept.keep(here('a.jpg'), made(300))
  const other = createKeptThumbnails()
  expect(await other.find(here('a.jpg'))).toMatchObject({ shape: 1.5, blob: { size: 300 } })
  expect(await other.find(here('b.jpg'))).toBeNull()
  forgetPictures()
  expect(await kept.find(here('a.jpg'))).toBeNull()
  expect(await createKeptThumbnails().find(here('a.jpg'))).toBeNull()
})

test('so many are kept and no larger ones: what was used longest ago goes first', async () => {
  const kept = createKeptThumbnails({ count: 2, bytes: 500 })
  const clock = vi.spyOn(Date, 'now')
  const at = async (time: number, work: () => Promise<unknown>) => {
    clock.mockReturnValue(time)
    await work()
  }
  await at(1, () => kept.keep('a', made(10)))
  await at(2, () => kept.keep('b', made(10)))
  await at(3, () => kept.find('a'))
  await at(4, () => kept.keep('c', made(10)))
  await at(5, () => kept.keep('large', made(501)))
  clock.mockRestore()
  const found = await Promise.all(['a', 'b', 'c', 'large'].map((link) => kept.find(link)))
  expect(found.map((one) => one !== null)).toEqual([true, false, true, false])
})

test('so many bytes are held in memory: the first go, and can be had again', async () => {
  const dropped: string[] = []
  const make = vi.fn(async () => made(400))
  const kept = { find: async () => null, keep: async () => {} }
  const pictures = createThumbnailsHere({
    ...{ make, kept, maxBytes: 1000 },
    onDropped: (link) => dropped.push(link),
  })
  const load = (name: string) => pictures.load({ link: here(name), size: 9 }, signal)
  const first = await load('a')
  expect(first).toEqual({ src: expect.stringMatching(/^blob:/), shape: 1.5 })
  await load('b')
  expect(dropped).toEqual([])
  await load('c')
  expect(dropped).toEqual([here('a')])
  await load('a')
  expect(make).toHaveBeenCalledTimes(4)
  forgetPictures()
  expect(dropped).toEqual(['a', 'b', 'c', 'a'].map(here))
})

test('of an origin that lets no page read it one is asked for, not all; a refused file is another thing', async () => {
  const asked: string[] = []
  const make = async ({ link }: { link: string }) => {
    asked.push(link)
    throw new LinkFailure('No.', { isUnreachable: !link.includes('gone') })
  }
  const kept = { find: async () => null, keep: async () => {} }
  const pictures = createThumbnailsHere({ make, kept, onDropped: () => {} })
  for (const link of [
    'https://cdn.example/gone.jpg',
    'https://cdn.example/a.jpg',
    'https://cdn.example/b.jpg',
    here('a.jpg'),
    here('b.jpg'),
  ]) {
    await expect(pictures.load({ link, size: 9 }, signal)).rejects.toThrow()
  }
  expect(asked.map((link) => link.slice(8))).toEqual([
    'cdn.example/gone.jpg',
    'cdn.example/a.jpg',
    'here.example/share/1/a.jpg',
    'here.example/share/1/b.jpg',
  ])
})
