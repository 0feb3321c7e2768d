import { expect, test } from 'vitest'
import { sortRecent, totalsOf } from './request-chart.tsx'

const window = { now: 100_000, windowMs: 60_000, columns: 12 }

test('requests stand in the column of their time, the newest last', () => {
  const columns = sortRecent(
    [
      { at: 100_000, purpose: 'uploads' },
      { at: 99_999, purpose: 'uploads' },
      { at: 95_000, purpose: 'imports' },
      { at: 40_001, purpose: 'browsing' },
    ],
    window,
  )
  expect(columns).toHaveLength(12)
  expect(columns[11]).toEqual({ uploads: 1, imports: 0, browsing: 0, other: 0, total: 1 })
  expect(columns[10]).toEqual({ uploads: 1, imports: 1, browsing: 0, other: 0, total: 2 })
  expect(columns[0]).toMatchObject({ browsing: 1, total: 1 })
})

test('requests that share a column still share it a moment later', () => {
  const recent = [
    { at: 95_000, purpose: 'uploads' as const },
    { at: 99_999, purpose: 'uploads' as const },
  ]
  for (const now of [100_000, 102_000, 104_999]) {
    expect(sortRecent(recent, { ...window, now })[10]?.uploads).toBe(2)
  }
})

test('what is older than the window, or ahead of the clock, is not drawn', () => {
  const columns = sortRecent(
    [
      { at: 40_000, purpose: 'uploads' },
      { at: 100_001, purpose: 'uploads' },
    ],
    window,
  )
  expect(totalsOf(columns).total).toBe(0)
})

test('account calls count as browsing, other programs for themselves', () => {
  const columns = sortRecent(
    [
      { at: 99_000, purpose: 'account' },
      { at: 99_000, purpose: 'other' },
      { at: 70_000, purpose: 'other' },
    ],
    window,
  )
  expect(totalsOf(columns)).toEqual({ uploads: 0, imports: 0, browsing: 1, other: 2, total: 3 })
})
