import { expect, test } from 'vitest'
import type { FilesPage } from '#contract/files.ts'
import { findGaps, gapAt, listingOf, spreadRows } from './listing.ts'
import { pageOf, withPage } from './patch-listing.ts'

const total = 10
const page = (offset: number, count: number, rest: Partial<FilesPage> = {}): FilesPage => ({
  status: 'ok',
  path: '/',
  folders: [],
  files: Array.from({ length: count }, (_, at) => ({
    name: `file ${offset + at}`,
    size: 1,
    link: '',
    uploaded_at: '',
  })),
  limit: count,
  next_offset: offset + count,
  has_more: offset + count < total,
  total,
  ...rest,
})

test('What is not loaded is known by its place and its number, also between two pages', () => {
  const first = listingOf(page(0, 2))
  expect(findGaps(first)).toEqual([{ loadedBefore: 2, offset: 2, size: 8 }])
  const jumped = withPage(first, page(6, 2), 6)
  expect(findGaps(jumped)).toEqual([
    { loadedBefore: 2, offset: 2, size: 4 },
    { loadedBefore: 4, offset: 8, size: 2 },
  ])
  const whole = withPage(withPage(jumped, page(8, 2), 8), page(2, 4), 2)
  expect(whole.pageParams).toEqual([0, 2, 6, 8])
  expect(findGaps(whole)).toEqual([])
})

test('Where the server does not count, only the end is not known', () => {
  const first = listingOf(page(0, 2, { total: undefined }))
  expect(findGaps(first)).toEqual([{ loadedBefore: 2, offset: 2, size: null }])
  expect(spreadRows(['a', 'b'], findGaps(first), 0)).toEqual(['a', 'b'])
})

test('A page that does not move on is the last', () => {
  expect(findGaps(listingOf(page(0, 0, { next_offset: 0, has_more: true })))).toEqual([])
})

test('A folder that ends before what was listed of it ends there', () => {
  const jumped = withPage(listingOf(page(0, 2)), page(6, 2), 6)
  const shorter = withPage(jumped, page(2, 1, { has_more: false, total: 3 }), 2)
  expect(shorter.pageParams).toEqual([0, 2])
  expect(findGaps(shorter)).toEqual([])
})

test('Rows stand for what is not loaded, folders before them all, and know their offsets', () => {
  const listing = withPage(listingOf(page(0, 2)), page(6, 2), 6)
  const gaps = findGaps(listing)
  const rows = spreadRows(['Films', 'a', 'b', 'g', 'h'], gaps, 1)
  const not = undefined
  expect(rows).toEqual(['Films', 'a', 'b', not, not, not, not, 'g', 'h', not, not])
  expect(gapAt(gaps, 1, 2)).toBeNull()
  expect(gapAt(gaps, 1, 3)?.offset).toBe(2)
  expect(gapAt(gaps, 1, 7)).toBeNull()
  expect(gapAt(gaps, 1, 10)?.offset).toBe(9)
})

test('A page is asked for on from what is loaded, or around what is in sight', () => {
  const gap = { loadedBefore: 50, offset: 50, size: 9950 }
  expect(pageOf(gap, 60, 1000)).toEqual({ offset: 50, limit: 1000 })
  expect(pageOf(gap, 5000, 1000)).toEqual({ offset: 4750, limit: 1000 })
  expect(pageOf(gap, 9999, 1000)).toEqual({ offset: 9000, limit: 1000 })
  expect(pageOf({ ...gap, size: 30 }, 79, 1000)).toEqual({ offset: 50, limit: 30 })
})
