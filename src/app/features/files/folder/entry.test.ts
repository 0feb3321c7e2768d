import { expect, test } from 'vitest'
import { fileKind } from '#contract/file-kind.ts'
import type { FilesPage } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { readEntries } from './entry.ts'

const films = '/Films/' as FolderPath

function page(names: string[], folders: string[] = []): FilesPage {
  const files = names.map((name) => ({
    name,
    size: 1,
    link: `https://share.example/${name}`,
    uploaded_at: '2026-06-25T10:00:00+00:00',
  }))
  const at = { limit: 50, next_offset: names.length, has_more: false }
  return { status: 'ok', path: films, folders, files, ...at }
}

test('Folders come first, then the files of all pages in their order', () => {
  const entries = readEntries(films, [page(['b', 'c'], ['2026']), page(['d'])])
  expect(entries.map((entry) => entry.name)).toEqual(['2026', 'b', 'c', 'd'])
  expect(entries[0]).toMatchObject({ kind: 'folder', path: '/Films/2026/' })
})

test('A file that two pages repeat keeps two keys, and the first keeps its own', () => {
  const [first] = readEntries(films, [page(['a'])])
  const both = readEntries(films, [page(['a']), page(['a'])])
  expect(both[0]?.key).toBe(first?.key)
  expect(new Set(both.map((entry) => entry.key)).size).toBe(2)
})

test('A script for a link leaves the file without one', () => {
  const hostile = page(['a'])
  for (const file of hostile.files) file.link = 'javascript:alert(1)'
  expect(readEntries(films, [hostile])[0]).toMatchObject({ name: 'a', link: null })
})

test('A page that is added is all that is read: the rows before it stay the same objects', () => {
  const first = page(['a', 'b'], ['2026'])
  const before = readEntries(films, [first])
  const after = readEntries(films, [first, page(['c'])])
  expect(after).toHaveLength(4)
  expect(after.slice(0, 3).every((entry, at) => entry === before[at])).toBe(true)
})

test('A file that arrives between others leaves them the same objects', () => {
  const first = page(['a', 'c'])
  const before = readEntries(films, [first])
  const [a, c] = first.files
  const [b] = page(['b']).files
  const after = readEntries(films, [{ ...first, files: [a, b, c].filter((file) => !!file) }])
  expect(after.map((entry) => entry.name)).toEqual(['a', 'b', 'c'])
  expect([after[0], after[2]]).toEqual(before)
  expect(after[2]).toBe(before[1])
})

test('A page that repeats a file gives it a key of its own, as often as it is read', () => {
  const [first, second] = [page(['a']), page(['a', 'b'])]
  readEntries(films, [first])
  const once = readEntries(films, [first, second])
  const again = readEntries(films, [first, second])
  expect(new Set(once.map((entry) => entry.key)).size).toBe(3)
  expect(again.map((entry) => entry.key)).toEqual(once.map((entry) => entry.key))
})

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
