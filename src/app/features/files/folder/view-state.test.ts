import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { createFilesViewState, findPlace, rememberPlace } from './view-state.ts'

const path = (text: string) => text as FolderPath

test('Who comes up from below begins at the row of the folder they were in', () => {
  const viewState = createFilesViewState()
  const active = (folder: string, cameFrom: string | null) =>
    findPlace(viewState, path(folder), cameFrom === null ? null : path(cameFrom)).activeKey
  expect(active('/', '/Films/2026/')).toBe('folder Films')
  expect(active('/Films/', '/Films/2026/')).toBe('folder 2026')
  expect(active('/Films/', '/')).toBe(null)
  expect(active('/Films/', '/Films 2/')).toBe(null)
  expect(active('/Films/', null)).toBe(null)
})

test('A folder is remembered piece by piece', () => {
  const viewState = createFilesViewState()
  rememberPlace(viewState, path('/Films/'), { scrollOffset: 380, topKey: 'file a' })
  rememberPlace(viewState, path('/Films/'), { activeKey: 'file b' })
  expect(findPlace(viewState, path('/Films/'), path('/Music/'))).toEqual({
    scrollOffset: 380,
    topKey: 'file a',
    activeKey: 'file b',
  })
})
