import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { chosenFiles, placeFiles } from './place-files.ts'

test('files go to their place, with the folders they came in', () => {
  const file = new File([], 'a.txt')
  for (const [folders, folder] of [
    ['', '/Films/'],
    ['Trip/day 1/', '/Films/Trip/day 1/'],
    ['.config/', '/Films/.config/'],
  ] as const) {
    const placed = placeFiles([{ file, folders }], '/Films/' as FolderPath)
    expect(placed).toEqual([{ file, name: 'a.txt', folder }])
  }
})

test('what came together goes in the order that a person would expect', () => {
  const found = ['T/f10.txt', 'T/f9.txt', 'S/z.txt'].map((path) => ({
    file: new File([], path.slice(2)),
    folders: path.slice(0, 2),
  }))
  const placed = placeFiles(found, '/' as FolderPath)
  expect(placed.map(({ name }) => name)).toEqual(['z.txt', 'f9.txt', 'f10.txt'])
})

test.each([
  ['chosen alone', '', ''],
  ['chosen in a folder', 'Trip/day 1/a.txt', 'Trip/day 1/'],
])('a file that was %s tells its folders', (_case, webkitRelativePath, folders) => {
  const file = Object.assign(new File([], 'a.txt'), { webkitRelativePath })
  expect(chosenFiles([file])).toEqual([{ file, folders }])
})
