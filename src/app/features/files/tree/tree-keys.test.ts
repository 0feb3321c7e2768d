import { expect, test } from 'vitest'
import { flattenTree } from './flatten-tree.ts'
import { readTreeKey } from './tree-keys.ts'

const films = {
  name: 'Films',
  path: '/Films/',
  folders: [{ name: '2026', path: '/Films/2026/', folders: [] }],
}
const music = { name: 'Music', path: '/Music/', folders: [] }
const root = { name: '', path: '/', folders: [films, music] }

function press(key: string, index: number, open: string[] = ['/', '/Films/']) {
  return readTreeKey(key, { lines: flattenTree(root, new Set(open)), index, pageLines: 2 })
}

test('Up and Down walk the lines and stop at the ends', () => {
  expect(press('ArrowDown', 0)).toEqual({ do: 'focus', index: 1 })
  expect(press('ArrowDown', 3)).toEqual({ do: 'focus', index: 3 })
  expect(press('ArrowUp', 0)).toEqual({ do: 'focus', index: 0 })
})

test('Home, End and the page keys jump', () => {
  expect(press('Home', 3)).toEqual({ do: 'focus', index: 0 })
  expect(press('End', 0)).toEqual({ do: 'focus', index: 3 })
  expect(press('PageDown', 0)).toEqual({ do: 'focus', index: 2 })
  expect(press('PageUp', 3)).toEqual({ do: 'focus', index: 1 })
})

test('Right opens a closed folder, then goes to its first child, and stays on an end node', () => {
  expect(press('ArrowRight', 1, ['/'])).toEqual({ do: 'expand', index: 1 })
  expect(press('ArrowRight', 1)).toEqual({ do: 'focus', index: 2 })
  expect(press('ArrowRight', 2)).toBeNull()
})

test('Left closes an open folder, then goes to its parent, and stays on the root', () => {
  expect(press('ArrowLeft', 1)).toEqual({ do: 'collapse', index: 1 })
  expect(press('ArrowLeft', 2)).toEqual({ do: 'focus', index: 1 })
  expect(press('ArrowLeft', 0, [])).toBeNull()
})

test('Enter and Space open, a star opens all beside, other keys are not the tree’s', () => {
  expect(press('Enter', 2)).toEqual({ do: 'open', index: 2 })
  expect(press(' ', 2)).toEqual({ do: 'open', index: 2 })
  expect(press('*', 2)).toEqual({ do: 'expandSiblings', index: 2 })
  expect(press('Tab', 2)).toBeNull()
  expect(press('ArrowDown', 99)).toBeNull()
})
