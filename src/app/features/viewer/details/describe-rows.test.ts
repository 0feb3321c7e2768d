import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { describeChosen, describePlace, findSubject, type ListedEntry } from './describe-rows.ts'

const listed = (name: string, fileKind: 'image' | 'other', size: number): ListedEntry => ({
  kind: 'file',
  key: name,
  name,
  fileKind,
  size,
  link: null,
  uploadedAt: '',
})
const folder: ListedEntry = { kind: 'folder', key: 'f', path: '/Films/' as FolderPath }

test('a selection: how many, how large together, which kinds', () => {
  const files = [listed('a', 'image', 900), listed('b', 'image', 100), listed('c', 'other', 234)]
  expect(describeChosen(files, null)).toEqual([
    ['Selected', '3 files'],
    ['Total size', '1.2 KB'],
    ['Kinds', '2 pictures, 1 other file'],
  ])
})

test('a sum says what it is without', () => {
  expect(describeChosen([folder, listed('a', 'image', 5)], null)).toEqual([
    ['Selected', '1 folder, 1 file'],
    ['Total size', '5 bytes (without what is in the folders)'],
    ['Kinds', '1 picture'],
  ])
  expect(describeChosen([listed('a', 'image', 5), listed('b', 'image', 6)], 1234)).toEqual([
    ['Selected', '1,234 files'],
    ['Total size', '11 bytes (of the files loaded so far)'],
    ['Kinds', '2 pictures'],
  ])
  expect(describeChosen([folder, { ...folder, key: 'g' }], null)).toEqual([
    ['Selected', '2 folders'],
  ])
})

test('a folder: the one that is shown also with what it holds', () => {
  expect(describePlace('/Films/' as FolderPath, null)).toEqual([
    ['Name', 'Films'],
    ['Type', 'Folder'],
    ['Path', '/Films/'],
  ])
  expect(describePlace('/' as FolderPath, '2 files').at(-1)).toEqual(['Holds', '2 files'])
})

test('the panel is about the selection until the keyboard goes on to another row', () => {
  const rows = [folder, listed('a', 'image', 1), listed('b', 'image', 2)] as const
  const [, a, b] = rows
  const about = (active: string | null, anchor: string | null, chosen: readonly ListedEntry[]) =>
    findSubject({
      rows,
      chosen,
      selection: { active, anchor, chosen: new Set(chosen.map(({ key }) => key)) },
    })
  expect(about('a', 'a', [a])).toEqual([a])
  expect(about('b', 'a', [a])).toEqual([b])
  // The row was taken out of the selection last.
  expect(about('f', 'f', [a, b])).toEqual([a, b])
  expect(about('f', 'a', [a, b])).toEqual([folder])
  expect(about('b', null, [])).toEqual([b])
  expect(about(null, null, [])).toEqual([])
})
