import { expect, test } from 'vitest'
import type { FolderNode } from '#contract/files.ts'
import { filterTree } from './filter-tree.ts'
import { describeRefusals } from './manage-text.ts'
import { stemLength } from './stem-length.ts'

test('renaming selects the name without its ending', () => {
  const stem = (name: string) => name.slice(0, stemLength(name))
  expect(stem('movie.mp4')).toBe('movie')
  expect(stem('archive.tar.gz')).toBe('archive')
  expect(stem('.profile')).toBe('.profile')
  expect(stem('README')).toBe('README')
  expect(stem('1. The beginning')).toBe('1. The beginning')
  expect(stem('...mp3')).toBe('...mp3')
})

test('a filter of the tree keeps what matches and the folders above it', () => {
  const node = (name: string, path: string, folders: FolderNode[] = []) => ({ name, path, folders })
  const cafe = node('Café', '/Music/Café/')
  const tree = node('', '/', [node('Films', '/Films/'), node('Music', '/Music/', [cafe])])
  const found = filterTree(tree, 'cafe')
  expect(found.count).toBe(1)
  expect(found.tree.folders.map(({ name }) => name)).toEqual(['Music'])
  expect(found.expanded).toEqual(new Set(['/', '/Music/']))
  expect(filterTree(tree, ' ').tree).toBe(tree)
})

test('a refusal names the one, or says how many of how many', () => {
  const refused = [{ item: '/Films/a.mp4', message: 'It is gone.' }]
  const verb = 'moved'
  expect(describeRefusals(refused, { all: 1, verb })).toBe('“a.mp4” was not moved. It is gone.')
  expect(describeRefusals(refused, { all: 5, verb })).toBe('1 of 5 was not moved. It is gone.')
})
