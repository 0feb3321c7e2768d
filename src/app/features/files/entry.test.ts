import { expect, test } from 'vitest'
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
