import { expect, test } from 'vitest'
import { arrangeEntries, type Sorting, serverOrder } from './arrange-entries.ts'
import type { Entry } from './entry.ts'

function file(name: string, size: number, uploadedAt = '2026-01-01T00:00:00Z'): Entry {
  return { kind: 'file', key: name, name, fileKind: 'other', size, link: null, uploadedAt }
}
function folder(name: string): Entry {
  return { kind: 'folder', key: name, name, path: `/${name}/` as never }
}

const entries = [
  folder('Été'),
  folder('Winter'),
  file('a', 5, '2026-03-01T00:00:00Z'),
  file('b', Number.NaN, 'never'),
  file('c', 2, '2026-01-01T00:00:00Z'),
]
const names = (wanted: { filter?: string; sorting?: Sorting }) =>
  arrangeEntries(entries, { filter: '', sorting: serverOrder, ...wanted }).map(({ name }) => name)

test("Unasked, the server's order is left alone", () => {
  expect(arrangeEntries(entries, { filter: ' ', sorting: serverOrder })).toBe(entries)
})

test('A filter ignores case and accents, in the names and in itself', () => {
  expect(names({ filter: 'ete' })).toEqual(['Été'])
  expect(names({ filter: 'WÍNT' })).toEqual(['Winter'])
})

test('Folders stay first whatever the order', () => {
  expect(names({ sorting: { column: 'name', isDescending: true } })).toEqual([
    'Winter',
    'Été',
    'c',
    'b',
    'a',
  ])
  expect(names({ sorting: { column: 'size', isDescending: true } }).slice(0, 2)).toEqual([
    'Été',
    'Winter',
  ])
})

test('What is no size or no time counts as less than any', () => {
  expect(names({ sorting: { column: 'size', isDescending: false } }).slice(2)).toEqual([
    'b',
    'c',
    'a',
  ])
  expect(names({ sorting: { column: 'uploaded', isDescending: true } }).slice(2)).toEqual([
    'a',
    'c',
    'b',
  ])
})
