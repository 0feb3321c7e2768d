import { expect, test } from 'vitest'
import type { FolderNode } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { flattenTree, foldersAbove } from './flatten-tree.ts'

function node(path: string, folders: FolderNode[] = []): FolderNode {
  return { name: path.split('/').at(-2) ?? '', path, folders }
}

const tree = node('/', [node('/Films/', [node('/Films/2026/')]), node('/Music/')])

test('Only what is open is listed, the root first and by its own name', () => {
  expect(flattenTree(tree, new Set()).map((line) => line.name)).toEqual(['All files'])
  expect(flattenTree(tree, new Set(['/'])).map((line) => line.name)).toEqual([
    'All files',
    'Films',
    'Music',
  ])
  expect(flattenTree(tree, new Set(['/', '/Films/'])).map((line) => line.path)).toEqual([
    '/',
    '/Films/',
    '/Films/2026/',
    '/Music/',
  ])
})

test('Levels, positions and siblings are told as a screen reader counts them', () => {
  const lines = flattenTree(tree, new Set(['/', '/Films/']))
  expect(lines[2]).toMatchObject({ level: 3, position: 1, siblings: 1, hasChildren: false })
  expect(lines[3]).toMatchObject({ level: 2, position: 2, siblings: 2, isExpanded: false })
})

test('A folder without folders is never open', () => {
  expect(flattenTree(node('/'), new Set(['/']))[0]).toMatchObject({ isExpanded: false })
})

test('A tree far deeper than any call stack is walked', () => {
  let deep = node('/x/')
  const expanded = new Set<string>()
  for (let level = 0; level < 20_000; level += 1) {
    const path = `/${level}/`
    expanded.add(path)
    deep = node(path, [deep])
  }
  expect(flattenTree(deep, expanded)).toHaveLength(20_001)
})

test('The folders above a folder are all up to the root', () => {
  expect(foldersAbove('/Films/2026/' as FolderPath)).toEqual(['/Films/', '/'])
  expect(foldersAbove('/' as FolderPath)).toEqual([])
})
