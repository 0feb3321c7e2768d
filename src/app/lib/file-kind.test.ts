import { expect, test } from 'vitest'
import { fileKind } from './file-kind.ts'

test.each([
  ['movie.mp4', 'video'],
  ['SONG.FLAC', 'audio'],
  ['a.b.jpeg', 'image'],
  ['talk.vtt', 'subtitles'],
  ['backup.tar.gz', 'archive'],
  ['README', 'other'],
  ['.mp4', 'other'],
  ['trailing.', 'other'],
  ['a.constructor', 'other'],
])('%s is %s', (name, kind) => {
  expect(fileKind(name)).toBe(kind)
})

test('a large .ts is a film, a small one a script', () => {
  expect([fileKind('a.ts', 5_000), fileKind('A.TS', 50_000_000)]).toEqual(['text', 'video'])
})
