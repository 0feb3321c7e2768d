import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { placeDroppedFiles } from './dropped-files.ts'

function droppedFile(name: string, path?: string, webkitRelativePath?: string) {
  return Object.assign(new File([], name), { path, webkitRelativePath })
}

test.each([
  ['dropped alone', './a.txt', '/Films/'],
  ['dropped in a folder', '/Trip/day 1/a.txt', '/Films/Trip/day 1/'],
  ['chosen in a folder', 'Trip/a.txt', '/Films/Trip/'],
  ['pasted', undefined, '/Films/'],
  ['with a bare path', 'a.txt', '/Films/'],
  ['from a folder that hides', './.config/a.txt', '/Films/.config/'],
  ['climbing out', '/Trip/../../a.txt', '/Films/Trip/../../'],
])('a file %s goes to its place', (_case, path, folder) => {
  const file = droppedFile('a.txt', path)
  expect(placeDroppedFiles([file], '/Films/' as FolderPath)).toEqual([
    { file, name: 'a.txt', folder },
  ])
})

test('what was dropped together goes in the order that a person would expect', () => {
  const files = ['/T/f10.txt', '/T/f9.txt', '/S/z.txt'].map((path) =>
    droppedFile(path.slice(3), path),
  )
  const placed = placeDroppedFiles(files, '/' as FolderPath)
  expect(placed.map(({ name }) => name)).toEqual(['z.txt', 'f9.txt', 'f10.txt'])
})

test('a folder input tells the folders by webkitRelativePath', () => {
  const file = droppedFile('a.txt', undefined, 'Trip/a.txt')
  expect(placeDroppedFiles([file], '/' as FolderPath)[0]?.folder).toBe('/Trip/')
})
