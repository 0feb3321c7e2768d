import { expect, test } from 'vitest'
import { findBest, rank, readWords } from './rank.ts'

test('words are found in any order, in either case and without accents', () => {
  expect(rank(readWords('DEJA  vu'), { name: 'vu deja (2).mp4' })).not.toBeNull()
  expect(rank(readWords('Déjà'), { name: 'deja vu.mp4' })).toBe(1)
  expect(rank(readWords('deja x'), { name: 'deja vu.mp4' })).toBeNull()
})

test('the whole name comes first, then its beginning, a word of it, a part of it, and its place', () => {
  const things = [
    { name: 'b', place: '/report/' },
    { name: 'old-preports' },
    { name: 'annual report.pdf' },
    { name: 'reports' },
    { name: 'report' },
    { name: 'other' },
  ]
  expect(findBest(things, ['report'], 9).map(({ name }) => name)).toEqual([
    'report',
    'reports',
    'annual report.pdf',
    'old-preports',
  ])
  const inPlace = findBest([{ name: 'clip b', place: '/2026/' }], ['clip', '2026'], 9)
  expect(inPlace).toHaveLength(1)
})

test('of those alike the shorter name comes first, and no more than wanted', () => {
  const things = ['photo 100', 'photo 1', 'photo 10'].map((name) => ({ name }))
  expect(findBest(things, ['photo'], 2).map(({ name }) => name)).toEqual(['photo 1', 'photo 10'])
})

test('any script and any sign is a word', () => {
  expect(rank(readWords('שלום'), { name: 'שלום.txt' })).toBe(1)
  expect(rank(readWords('🎬'), { name: 'a 🎬 film' })).toBe(2)
  expect(rank(readWords('50 % &?#'), { name: '50 % &?#.txt' })).toBe(1)
})
