import { expect, test } from 'vitest'
import { pathOf } from './lean-icons.ts'

test('the shapes of an icon become one path', () => {
  expect(
    pathOf([
      ['path', { d: 'm7 8 5-5 5 5', key: 'a' }],
      ['line', { x1: '3', x2: '21', y1: '6', y2: '6' }],
      ['circle', { cx: '12', cy: '12', r: '10' }],
      ['rect', { width: '7', height: '7', x: '3', y: '3', rx: '1' }],
    ]),
  ).toBe(
    'M7 8m0 0 5-5 5 5M3 6L21 6M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z' +
      'M4 3h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1z',
  )
})

test('an icon with more than lines stays as it is', () => {
  expect(pathOf([['circle', { cx: '1', cy: '1', r: '1', fill: 'currentColor' }]])).toBeNull()
  expect(pathOf([['g', {}]])).toBeNull()
})
