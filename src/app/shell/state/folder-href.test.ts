import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { fileHref, folderHref, readFolderHref, readOpenedName } from './folder-href.ts'

test.each([
  ['/', '/files/'],
  ['/Films/2026/', '/files/Films/2026/'],
  ['/50 % & more?#/', '/files/50%20%25%20%26%20more%3F%23/'],
  ['/%2F/', '/files/%252F/'],
  ['/Übung 🎬/', '/files/%C3%9Cbung%20%F0%9F%8E%AC/'],
])('%s is found at %s, and back', (folder, href) => {
  expect(folderHref(folder as FolderPath)).toBe(href)
  expect(readFolderHref(href)).toBe(folder)
})

test('A missing outer slash and empty segments are forgiven', () => {
  expect(readFolderHref('/files')).toBe('/')
  expect(readFolderHref('/files/Films')).toBe('/Films/')
  expect(readFolderHref('/files//Films//')).toBe('/Films/')
})

test.each(['/', '/filesystem/', '/api-keys', '/files/%E0%A4%A/', '/files/a%2Fb/'])(
  '%s names no folder',
  (pathname) => {
    expect(readFolderHref(pathname)).toBeNull()
  },
)

test('A name that is no valid text still has an address', () => {
  expect(folderHref('/a\ud800b/' as FolderPath)).toBe('/files/a%EF%BF%BDb/')
})

test.each([
  'movie.mp4',
  '50 % & more?#=+.txt',
  '%2F',
  'a+b',
  '🎬 Übung é.mkv',
  'שלום.txt',
  `${'é'.repeat(125)}.txt`,
])('the file %s has an address beside its folder, and is read from it', (name) => {
  const href = new URL(fileHref('/Films/50 %?/' as FolderPath, name), 'http://b.test')
  expect(readFolderHref(href.pathname)).toBe('/Films/50 %?/')
  expect(readOpenedName(href.search)).toBe(name)
  expect(href.hash).toBe('')
})

test('an address without a name opens nothing', () => {
  for (const search of ['', '?', '?open', '?open=', '?other=a']) {
    expect(readOpenedName(search), search).toBeNull()
  }
})
