import { expect, test } from 'vitest'
import { foldPath } from './folder-path-nav.tsx'

const path = ['All files', 'Films', 'Documentaries', '2026', 'Harbours']

/** What is left to see. */
function shown(names: readonly string[], width: number): string[] {
  const [from, to] = foldPath(names, width)
  return names.filter((_, index) => index < from || index >= to)
}

test('a path that fits is shown whole', () => {
  expect(shown(path, 900)).toEqual(path)
  expect(shown(['All files'], 20)).toEqual(['All files'])
})

test('the middle folds first, from the top, then the root, and the last step never', () => {
  expect(shown(path, 420)).toEqual(['All files', 'Documentaries', '2026', 'Harbours'])
  expect(shown(path, 320)).toEqual(['All files', '2026', 'Harbours'])
  expect(shown(path, 240)).toEqual(['All files', 'Harbours'])
  for (const width of [180, 60, 0]) expect(shown(path, width)).toEqual(['Harbours'])
})

test('two steps that do not fit are the last alone, and a long name folds what is above it', () => {
  expect(shown(['All files', 'Nachtaufnahmen'], 170)).toEqual(['Nachtaufnahmen'])
  expect(shown(['All files', 'Films', 'x'.repeat(200)], 300)).toEqual(['x'.repeat(200)])
})

test('the last step has room for its whole name, also in letters that are twice as wide', () => {
  const long = 'Harbours and lighthouses of the north'
  expect(shown(['All files', 'Films', long], 450)).toEqual(['All files', long])
  expect(shown(['All files', long], 390)).toEqual([long])
  expect(shown(['All files', '映画', '北の港と灯台'], 260)).toEqual(['All files', '北の港と灯台'])
})
