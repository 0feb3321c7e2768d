import { expect, test } from 'vitest'
import { describeSelection } from '#app/features/files/selection/selection-summary.tsx'
import { describeCoverage, describeFolder, serverOrder } from './arrange-entries.ts'
import type { Entry } from './entry.ts'

const file = (size: number): Entry => ({
  kind: 'file',
  key: String(size),
  name: 'a',
  fileKind: 'other',
  size,
  link: null,
  uploadedAt: '',
})
const folder: Entry = { kind: 'folder', key: 'f', name: 'f', path: '/f/' as never }

test('A folder is counted in words, and says when there may be more', () => {
  expect(describeFolder([folder, file(1), file(2)], true)).toBe('1 folder, 2 files')
  expect(describeFolder([file(1)], false)).toBe('1 file so far')
  expect(describeFolder([folder], true)).toBe('1 folder')
  expect(describeFolder([], true)).toBe('0 files')
})

const all = { shown: 50, isComplete: true, isFiltered: false }

test('A selection of files has a size; with a folder or a nonsense size it has none', () => {
  expect(describeSelection([file(5e6), file(7e6)], all)).toBe('2 selected · 12 MB')
  expect(describeSelection([file(5e6), folder], all)).toBe('2 selected')
  expect(describeSelection([file(Number.NaN)], all)).toBe('1 selected')
  expect(describeSelection([file(-1)], all)).toBe('1 selected')
})

test('A selection says among how many it was made, while there may be more', () => {
  const some = { ...all, isComplete: false }
  expect(describeSelection([folder], some)).toBe('1 selected of the 50 loaded')
  expect(describeSelection([folder], { ...some, isFiltered: true })).toBe(
    '1 selected of the 50 shown',
  )
})

test('A filter says what it looked through', () => {
  const shown = { found: 3, loaded: 150, isFiltered: true, sorting: serverOrder }
  expect(describeCoverage({ ...shown, isComplete: true })).toBe('3 of 150 match')
  expect(describeCoverage({ ...shown, isComplete: false })).toContain('more may match')
})

test("An order of our own says what it covers; the server's needs no words", () => {
  const shown = { found: 150, loaded: 150, isFiltered: false, isComplete: false }
  expect(describeCoverage({ ...shown, sorting: serverOrder })).toBe('')
  const sorting = { column: 'size', isDescending: true } as const
  expect(describeCoverage({ ...shown, sorting })).toBe('Sorted among the 150 loaded so far')
  expect(describeCoverage({ ...shown, isComplete: true, sorting })).toBe('')
})
