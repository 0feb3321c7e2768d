import { expect, test } from 'vitest'
import { importsOf, isThere, thereOf } from './look.ts'

const options = {
  ...({ type: 'auto', quality: '720', subtitles: false, thumbnail: false } as const),
  ...{ folder: '/', fileName: 'typed' },
}

test('entries of a list go to one folder, numbered as they stand in it', () => {
  const entries = [
    { position: 3, title: 'C', link: 'https://videos.example/c' },
    { position: 120, title: 'D', link: 'https://videos.example/page', item: 120 },
  ]
  const how = { options, title: 'Talks', folder: '/Talks/', isNumbered: true, count: 200 }
  expect(importsOf(entries, how).map(({ options: { type, list } }) => [type, list])).toEqual([
    ['auto', { title: 'Talks', folder: '/Talks/', prefix: '003 ' }],
    ['video', { title: 'Talks', folder: '/Talks/', prefix: '120 ', item: 120 }],
  ])
  const [plain] = importsOf(entries, { ...how, isNumbered: false })
  expect(plain?.options).toMatchObject({ folder: '/Talks/', fileName: '', list: { prefix: '' } })
})

test('what is there is known by its letters, with a number before it or without', () => {
  const names = new Set(['harbouratdawnpart2', 'été'])
  expect(isThere('Harbour at dawn: part 2', names)).toBe(true)
  expect(isThere('Harbour at dawn: part 3', names)).toBe(false)
  expect(isThere('E\u0301te\u0301!', names)).toBe(true)
})

test('only a video that was looked at narrows what is offered', () => {
  expect(thereOf(undefined)).toBeUndefined()
  expect(thereOf({ status: 'ok', kind: 'list' })).toBeUndefined()
  const video = { status: 'ok', kind: 'video', qualities: [{ height: 818 }] } as const
  expect(thereOf({ ...video, qualities: [...video.qualities] })).toEqual({
    ...{ heights: [818], hasAudio: true, subtitles: [], sounds: [] },
  })
})
