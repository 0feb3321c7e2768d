import { expect, test } from 'vitest'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { rowToLoad } from './find-row.ts'

const nameOf = (at: number) => `file ${String(at).padStart(6, '0')}`
const file = (name: string): Entry => ({
  kind: 'file',
  key: `file ${name}`,
  name,
  fileKind: 'other',
  size: 1,
  link: null,
  uploadedAt: '',
})

/** How many pages of 1,000 are loaded until a file of a folder is there; null where it is told to be gone. */
function countPages(
  name: string,
  { files, order = nameOf }: { files: number; order?: typeof nameOf },
) {
  const rows: (Entry | undefined)[] = new Array(files).fill(undefined)
  const load = (from: number, count: number) => {
    for (let at = from; at < Math.min(files, from + count); at += 1) rows[at] = file(order(at))
  }
  load(0, 50)
  for (let pages = 0; ; pages += 1) {
    if (rows.some((entry) => entry?.name === name)) return pages
    const row = rowToLoad(rows, name)
    if (row < 0) return null
    load(Math.max(0, row - 250), 1000)
  }
}

test('a file far down in a large folder is found by few pages', () => {
  expect(countPages(nameOf(49), { files: 10_000 })).toBe(0)
  expect(countPages(nameOf(9_000), { files: 10_000 })).toBeLessThanOrEqual(5)
  expect(countPages(nameOf(73_219), { files: 100_000 })).toBeLessThanOrEqual(8)
  expect(countPages(nameOf(99_999), { files: 100_000 })).toBeLessThanOrEqual(8)
})

test('a file that is not there is known to be gone once what is around its place is loaded', () => {
  expect(countPages('file 005000 (2)', { files: 10_000 })).toBeNull()
  expect(countPages('a', { files: 10_000 })).toBeNull()
  expect(countPages('z', { files: 10_000 })).toBeNull()
  expect(countPages('a', { files: 0 })).toBeNull()
})

test('names are in the order of the listing: numbers by their value', () => {
  const order = (at: number) => `photo ${at}`
  expect(countPages('photo 8999', { files: 10_000, order })).toBeLessThanOrEqual(5)
  expect(countPages('photo 100000', { files: 10_000, order })).toBeNull()
})
