import { expect, test } from 'vitest'
import {
  clearSelection,
  moveTo,
  nothingSelected,
  type Selection,
  type SelectMode,
  select,
  takeStep,
  toggleAll,
} from './selection.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: Selection) => [...selection.chosen].sort().join('')
const after = (...steps: [SelectMode, string][]) =>
  steps.reduce((now, [mode, key]) => select(now, key, { mode, order }), nothingSelected)

test('A plain choice drops the one before', () => {
  expect(chosen(after(['only', 'a'], ['only', 'c']))).toBe('c')
})

test('Toggling adds, and takes away again', () => {
  expect(chosen(after(['only', 'a'], ['toggle', 'c']))).toBe('ac')
  expect(chosen(after(['only', 'a'], ['toggle', 'c'], ['toggle', 'a']))).toBe('c')
})

test('A range goes from the anchor either way, and a second range starts at the same anchor', () => {
  expect(chosen(after(['only', 'b'], ['range', 'd']))).toBe('bcd')
  expect(chosen(after(['only', 'd'], ['range', 'b']))).toBe('bcd')
  expect(chosen(after(['only', 'c'], ['range', 'e'], ['range', 'a']))).toBe('abc')
})

test('A range without an anchor begins where the focus is', () => {
  const focused = moveTo(nothingSelected, 'b')
  expect(chosen(select(focused, 'c', { mode: 'range', order }))).toBe('bc')
})

test('A range whose anchor is filtered away chooses the row itself', () => {
  const gone = after(['only', 'b'])
  expect(chosen(select(gone, 'd', { mode: 'range', order: ['c', 'd', 'e'] }))).toBe('d')
})

test('All, then nothing; rows that are not listed are not chosen', () => {
  const all = toggleAll(nothingSelected, ['a', 'b'])
  expect(chosen(all)).toBe('ab')
  expect(chosen(toggleAll(all, ['a', 'b']))).toBe('')
  expect(chosen(toggleAll(all, ['a', 'b', 'c']))).toBe('abc')
  expect(chosen(toggleAll(nothingSelected, []))).toBe('')
})

test('Clearing keeps the place of the keyboard', () => {
  const cleared = clearSelection(after(['only', 'c']))
  expect(cleared).toMatchObject({ active: 'c' })
  expect(cleared.chosen.size).toBe(0)
})

test('Keys move and extend', () => {
  const at = { order, index: 1 }
  const moved = takeStep(nothingSelected, { do: 'move', index: 2 }, at)
  expect(moved).toMatchObject({ active: 'c' })
  expect(chosen(moved)).toBe('')
  expect(chosen(takeStep(nothingSelected, { do: 'extend', index: 2 }, at))).toBe('bc')
})
