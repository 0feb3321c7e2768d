import { expect, test } from 'vitest'
import { readEntries } from '#app/features/files/folder/entry.ts'
import { findTitle } from './find-title.ts'

function entriesOf(names: string[], folders: string[] = []) {
  const files = names.map((name) => ({
    ...{ name, size: 9, link: `https://files.example/share/1/${name}`, uploaded_at: '' },
  }))
  const page = { status: 'ok' as const, path: '/', folders, files, limit: 50, next_offset: 9 }
  return readEntries('/' as never, [{ ...page, has_more: false }])
}

test('what an import of a video makes is a title, with its poster and its languages', () => {
  const names = [
    'Harbour.de.vtt',
    'Harbour.en.vtt',
    'Harbour.info.json',
    'Harbour.jpg',
    'Harbour.mp4',
  ]
  expect(findTitle('Harbour', entriesOf(names))).toMatchObject({
    ...{ name: 'Harbour', film: { name: 'Harbour.mp4' }, poster: { name: 'Harbour.jpg' } },
    subtitles: ['German', 'English'],
  })
  expect(findTitle('Any name', entriesOf(['a.mkv', 'a.srt']))).toMatchObject({
    ...{ poster: null, subtitles: ['Without a language'] },
  })
  expect(findTitle('a', entriesOf(['a.mkv']))).toMatchObject({ name: 'a', subtitles: [] })
})

test.each([
  ['two films', ['a.mp4', 'a.part2.mp4'], []],
  ['a film alone in a folder of another name', ['a.mp4'], []],
  ['files of other names', ['a.mp4', 'b.jpg'], []],
  ['a folder beside it', ['a.mp4', 'a.vtt'], ['Extras']],
  ['an archive', ['a.mp4', 'a.zip'], []],
  ['no film', ['a.jpg', 'a.vtt'], []],
  ['nothing', [], []],
])('%s is none', (_what, names, folders) => {
  expect(findTitle('Folder', entriesOf(names, folders))).toBeNull()
})
