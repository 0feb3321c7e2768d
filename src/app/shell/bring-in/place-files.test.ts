import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { chosenFiles, placeFiles, sortInSlices } from './place-files.ts'

test('files go to their place, with the folders they came in', async () => {
  const file = new File([], 'a.txt')
  for (const [folders, folder] of [
    ['', '/Films/'],
    ['Trip/day 1/', '/Films/Trip/day 1/'],
    ['.config/', '/Films/.config/'],
  ] as const) {
    const placed = await placeFiles([{ file, folders }], '/Films/' as FolderPath)
    expect(placed).toEqual([{ file, name: 'a.txt', folder, path: `${folders}a.txt` }])
  }
})

test('what came together goes in the order that a person would expect', async () => {
  const inOrder = [
    ...['top 2.txt', 'S/z.txt', 'T/Élan.txt', 'T/F 007.txt', 'T/f9.txt', 'T/f10.txt'],
    ...['T/f20240101123000.txt', 'T/f100000000000000.txt', 'T 2/a.txt', 'T 10/a.txt'],
  ]
  const found = inOrder.toSorted().map((path) => {
    const at = path.lastIndexOf('/') + 1
    return { file: new File([], path.slice(at)), folders: path.slice(0, at) }
  })
  const placed = await placeFiles(found, '/' as FolderPath)
  expect(placed.map(({ folder, name }) => (folder + name).slice(1))).toEqual(inOrder)
})

test.each([
  ['chosen alone', '', ''],
  ['chosen in a folder', 'Trip/day 1/a.txt', 'Trip/day 1/'],
])('a file that was %s tells its folders', (_case, webkitRelativePath, folders) => {
  const file = Object.assign(new File([], 'a.txt'), { webkitRelativePath })
  expect(chosenFiles([file])).toEqual([{ file, folders }])
})

test('thousands are sorted as a sort does it, those that are alike in their order', async () => {
  const seed = Math.floor(Math.random() * 1_000)
  const items = Array.from({ length: 5_003 }, (_, at) => ({ at, key: (at * 7_919 + seed) % 301 }))
  const compare = (a: { key: number }, b: { key: number }) => a.key - b.key
  expect({ seed, sorted: await sortInSlices(items, compare) }).toEqual({
    seed,
    sorted: items.toSorted(compare),
  })
  expect(await sortInSlices([], compare)).toEqual([])
})
