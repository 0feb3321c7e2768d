import { expect, test } from 'vitest'
import type { FilesPage, FolderNode, ListedFile } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { addTreeFolder, joinFirstPage, withFiles, withFolder, withPage } from './patch-listing.ts'

const file = (name: string, size = 1): ListedFile => ({
  name,
  size,
  link: `https://x.test/share/1/${name}`,
  uploaded_at: '2026-06-25T10:00:00+00:00',
})

const page = (names: string[], rest: Partial<FilesPage> = {}): FilesPage => ({
  status: 'ok',
  path: '/',
  folders: [],
  files: names.map((name) => file(name)),
  limit: 50,
  next_offset: names.length,
  has_more: false,
  ...rest,
})

const listing = (...pages: FilesPage[]) => {
  const offsetOf = (at: number) => pages.slice(0, at).flatMap(({ files }) => files).length
  return { pages, pageParams: pages.map((_, at) => offsetOf(at)) }
}
const names = ({ pages }: { pages: FilesPage[] }) =>
  pages.map(({ files }) => files.map(({ name }) => name))

test('a file that arrived stands where the server lists it, case folded', () => {
  const patched = withFiles(listing(page(['Apple', 'cherry'])), [file('Banana')])
  expect(names(patched)).toEqual([['Apple', 'Banana', 'cherry']])
})

test('a file that arrived between loaded pages moves the offset of the next page on', () => {
  const before = listing(page(['a', 'b']), page(['d', 'e'], { next_offset: 4, has_more: true }))
  const patched = withFiles(before, [file('c')])
  expect(names(patched)).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
  expect(patched.pages[1]?.next_offset).toBe(5)
})

test('a file that belongs behind the loaded pages is left for the server to list', () => {
  const before = listing(page(['a', 'b'], { has_more: true }))
  expect(withFiles(before, [file('z')])).toBe(before)
})

test('a file that is listed already is replaced, not doubled', () => {
  const patched = withFiles(listing(page(['a', 'b'])), [file('b', 9)])
  expect(names(patched)).toEqual([['a', 'b']])
  expect(patched.pages[0]?.files[1]?.size).toBe(9)
})

test('many that arrive together change the pages they belong to and leave the others as they are', () => {
  const middle = page(['f', 'h'])
  const before = listing(
    page(['b', 'd']),
    middle,
    page(['m', 'p'], { next_offset: 6, has_more: true }),
  )
  const arrived = ['z', 'n', 'a', 'E', 'c', 'm', 'a'].map((name) => file(name, 9))
  const patched = withFiles(before, arrived)
  expect(names(patched)).toEqual([
    ['a', 'b', 'c', 'd'],
    ['E', 'f', 'h'],
    ['m', 'n', 'p'],
  ])
  expect(patched.pages[2]?.next_offset).toBe(10)
  expect(patched.pages[2]?.files[0]?.size).toBe(9)
  const again = withFiles(patched, [file('o')])
  expect(again.pages[1]).toBe(patched.pages[1])
  expect(before.pages[1]).toBe(middle)
})

test('a new folder shows in its order, and once', () => {
  const patched = withFolder(listing(page([], { folders: ['Films', 'Music'] })), 'Games')
  expect(patched.pages[0]?.folders).toEqual(['Films', 'Games', 'Music'])
  expect(withFolder(patched, 'Games')).toBe(patched)
})

test('a first page that did not change keeps the pages behind it', () => {
  const before = listing(page(['a', 'b'], { has_more: true }), page(['c'], { next_offset: 3 }))
  const joined = joinFirstPage(before, page(['a', 'b'], { has_more: true }))
  expect(names(joined)).toEqual([['a', 'b'], ['c']])
  expect(joined.pageParams).toEqual([0, 2])
})

test('files that are new in the first page, or gone from it, leave what is loaded behind them', () => {
  const before = listing(
    page(['b', 'd'], { has_more: true }),
    page(['e', 'f'], { next_offset: 4, has_more: true }),
  )
  const grown = joinFirstPage(before, page(['a', 'b'], { has_more: true }))
  expect(names(grown)).toEqual([
    ['a', 'b'],
    ['d', 'e', 'f'],
  ])
  expect(grown.pages.at(-1)?.next_offset).toBe(5)
  const shrunk = joinFirstPage(before, page(['d', 'e'], { has_more: true }))
  expect(names(shrunk)).toEqual([['d', 'e'], ['f']])
  expect(shrunk.pages.at(-1)?.next_offset).toBe(3)
})

test('a first page of files that are all unknown drops what is loaded, which loads again on scrolling', () => {
  const before = listing(page(['c', 'd'], { has_more: true }), page(['e'], { next_offset: 3 }))
  const joined = joinFirstPage(before, page(['a', 'b'], { has_more: true }))
  expect(names(joined)).toEqual([['a', 'b']])
  expect(joined.pageParams).toEqual([0])
})

/** `a b`, then eight that are not loaded, then `m n`, the last. */
const sparse = () => ({
  pages: [page(['a', 'c'], { has_more: true }), page(['m', 'n'], { next_offset: 12 })],
  pageParams: [0, 10],
  total: 12,
})

test('a file that belongs where nothing is loaded is counted, and moves what is behind it on', () => {
  const patched = withFiles(sparse(), [file('f')])
  expect(names(patched)).toEqual([
    ['a', 'c'],
    ['m', 'n'],
  ])
  expect(patched.pageParams).toEqual([0, 11])
  expect(patched.total).toBe(13)
  const before = withFiles(sparse(), [file('b')])
  expect(names(before)[0]).toEqual(['a', 'b', 'c'])
  expect(before.pages[0]?.next_offset).toBe(3)
  expect(before.pageParams).toEqual([0, 11])
  expect(before.total).toBe(13)
})

test('a fresh first page leaves a page far behind it where no file came or went, and drops it otherwise', () => {
  const same = joinFirstPage(sparse(), page(['a', 'c'], { has_more: true, total: 12 }))
  expect(same.pageParams).toEqual([0, 10])
  const other = joinFirstPage(sparse(), page(['a', 'b'], { has_more: true, total: 13 }))
  expect(names(other)).toEqual([['a', 'b'], ['c']])
  expect(other).toMatchObject({ pageParams: [0, 2], total: 13 })
})

test('a folder deep down grows all the folders above it in the tree', () => {
  const tree: FolderNode = {
    name: '',
    path: '/',
    folders: [{ name: 'Music', path: '/Music/', folders: [] }],
  }
  const grown = addTreeFolder(tree, '/Films/2026/' as FolderPath)
  expect(grown.folders.map(({ path }) => path)).toEqual(['/Films/', '/Music/'])
  expect(grown.folders[0]?.folders[0]).toEqual({ name: '2026', path: '/Films/2026/', folders: [] })
  expect(addTreeFolder(grown, '/Films/2026/' as FolderPath)).toBe(grown)
})

test('a file that arrived in another order stands where that order has it, and the order stays', () => {
  const sizes = [9, 5, 5, 1].map((size, at) => file(`f${3 - at}`, size))
  const before = {
    ...listing(page([], { files: sizes.slice(0, 2) }), page([], { files: sizes.slice(2) })),
    total: 4,
    order: { sort: 'size', order: 'desc' } as const,
  }
  const arrived = [file('new', 6), file('f2b', 5), file('f0', 1), file('tiny', 0)]
  const patched = withFiles(before, arrived)
  // Of those of one size the later name comes first: it is the order of smallest first from its end.
  expect(names(patched)).toEqual([
    ['f3', 'new', 'f2b', 'f2'],
    ['f1', 'f0', 'tiny'],
  ])
  expect(patched.total).toBe(7)
  const joined = joinFirstPage(patched, page(['other'], { total: 1 }))
  expect(joined.order).toEqual({ sort: 'size', order: 'desc' })
  expect(withPage(patched, page(['more']), 8).order).toEqual({ sort: 'size', order: 'desc' })
})

test('a folder that arrived stands among folders that the server lists from Z to A', () => {
  const before = listing(page([], { folders: ['c', 'a'] }))
  const reversed = { ...before, order: { sort: 'name', order: 'desc' } as const }
  expect(withFolder(reversed, 'b').pages[0]?.folders).toEqual(['c', 'b', 'a'])
  expect(withFolder(before, 'd').pages[0]?.folders).toEqual(['c', 'a', 'd'])
})
