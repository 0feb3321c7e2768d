import { expect, test } from 'vitest'
import { readEntries } from '#app/features/files/folder/entry.ts'
import { createRowWidths, widthsOf } from './row-widths.ts'

const files = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => ({
  ...{ name, size: 1, link: `https://files.example/share/${name}`, uploaded_at: '' },
}))
const page = { status: 'ok' as const, path: '/', folders: [], files, limit: 50, next_offset: 3 }
const entries = readEntries('/' as never, [{ ...page, has_more: false }])

test('a row is shared out by the shapes of its pictures, extremes held back', () => {
  expect(widthsOf([1, 1])).toEqual([0.5, 0.5])
  expect(widthsOf([1.5, 0.75]).map((width) => width.toFixed(3))).toEqual(['0.667', '0.333'])
  expect(widthsOf([10, 1]).map((width) => width.toFixed(3))).toEqual(['0.667', '0.333'])
})

test('a row in sight keeps its widths; one that comes back has those of what was learned', () => {
  const known = new Map<string, number>()
  const widths = createRowWidths((entry) => known.get(entry.name) ?? null)
  expect(widths.read([entries])).toEqual([null])
  for (const { name } of files) known.set(name, 1)
  expect(widths.read([entries])).toEqual([null])
  widths.read([])
  expect(widths.read([entries])).toEqual([[1 / 3, 1 / 3, 1 / 3]])
  // A picture that cannot be made, or a text, does not keep its neighbours from their shapes.
  known.clear()
  known.set('b.jpg', 2)
  widths.read([])
  expect(widths.read([entries])).toEqual([[1 / 4, 2 / 4, 1 / 4]])
})
