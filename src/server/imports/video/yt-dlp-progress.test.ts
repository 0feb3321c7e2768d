import { expect, test } from 'vitest'
import { createVideoProgress } from './yt-dlp-progress.ts'

const start = (formats: string) => `BARKEEP-START ${formats}`
const part = (fields: object) =>
  `BARKEEP-PART ${JSON.stringify({ status: 'downloading', ...fields })}`

test('lines that were not asked for are left to others', () => {
  const progress = createVideoProgress()
  expect(progress.read('[download] 42% of 3 MiB')).toBe(false)
  expect(progress.read('ERROR: no')).toBe(false)
})

test('the title, a live stream and a list are read from one line', () => {
  const progress = createVideoProgress()
  expect(
    progress.read('BARKEEP-VIDEO {"title": "A \\"b\\"", "is_live": true, "playlist_count": 3}'),
  ).toBe(true)
  expect([progress.title(), progress.live(), progress.videosOnPage()]).toEqual(['A "b"', 'live', 3])
})

test('fragments count before bytes, for a stream has no length', () => {
  const progress = createVideoProgress()
  progress.read(start('"NA"'))
  progress.read(
    part({
      filename: 'v',
      fragment_index: 1,
      fragment_count: 4,
      downloaded_bytes: 5,
      total_bytes_estimate: 6,
    }),
  )
  expect(progress.percent()).toBe(25)
})

test('picture and sound are half each, and the figure never falls', () => {
  const progress = createVideoProgress()
  progress.read(start('["1", "2"]'))
  progress.read(part({ filename: 'v', downloaded_bytes: 50, total_bytes: 100 }))
  expect(progress.percent()).toBe(25)
  progress.read(part({ filename: 'v', status: 'finished', downloaded_bytes: 100 }))
  progress.read(part({ filename: 'a', downloaded_bytes: 0, total_bytes: 10 }))
  expect(progress.percent()).toBe(50)
  progress.read(part({ filename: 'a', downloaded_bytes: 9, total_bytes: 10 }))
  progress.read(part({ filename: 'a', downloaded_bytes: 5, total_bytes: 10 }))
  expect(progress.percent()).toBe(95)
  expect(progress.bytes()).toBe(110)
})

test('without a length there is no figure, only bytes', () => {
  const progress = createVideoProgress()
  progress.read(start('"NA"'))
  progress.read(part({ filename: 'v', downloaded_bytes: 5 }))
  expect([progress.percent(), progress.bytes()]).toEqual([null, 5])
})

test('subtitles, which come before the start, do not count', () => {
  const progress = createVideoProgress()
  progress.read(part({ filename: 'video.en.vtt', status: 'finished', downloaded_bytes: 10 }))
  expect(progress.percent()).toBeNull()
})

test('a broken line changes nothing', () => {
  const progress = createVideoProgress()
  expect(progress.read('BARKEEP-PART {"status":')).toBe(true)
  expect(progress.percent()).toBeNull()
})
