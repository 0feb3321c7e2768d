import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { ApiClient } from '#app/api/http/client.ts'
import type { Me } from '#contract/account.ts'
import type { FilesPage, FolderNode, ListedFile } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { findGaps } from './listing.ts'
import { createQueries } from './queries.ts'
import { inverse, relocate } from './relocate.ts'
import { withoutEntries } from './without-entries.ts'

const file = (name: string): ListedFile => ({
  name,
  size: 1,
  link: `https://x.test/share/1/${name}`,
  uploaded_at: '2026-06-25T10:00:00+00:00',
})
const node = (path: string, folders: FolderNode[] = []): FolderNode => ({
  name: path.split('/').at(-2) ?? '',
  path,
  folders,
})
const page = (path: string, names: string[], rest: Partial<FilesPage> = {}): FilesPage => ({
  status: 'ok',
  path,
  folders: [],
  files: names.map(file),
  limit: 50,
  next_offset: names.length,
  has_more: false,
  total: names.length,
  ...rest,
})

function world() {
  const queryClient = new QueryClient()
  const me = { key: { id: 'k' } } as Me
  const client = {} as ApiClient
  const queries = createQueries({ client, me, readAdditions: async () => [] })
  const put = (path: string, listing: FilesPage) =>
    queryClient.setQueryData(queries.folder(path as FolderPath).queryKey, {
      pages: [listing],
      pageParams: [0],
      total: listing.total,
    })
  put('/', page('/', ['a.txt', 'b.txt'], { folders: ['Films', 'Music'] }))
  put('/Films/', page('/Films/', ['x.mp4'], { folders: ['2026'] }))
  put('/Films/2026/', page('/Films/2026/', ['y.mp4']))
  const tree = node('/', [node('/Films/', [node('/Films/2026/')]), node('/Music/')])
  queryClient.setQueryData(queries.tree().queryKey, tree)
  const patch = { queryClient, queries }
  return {
    patch,
    listed(path: string) {
      const data = queryClient.getQueryData(queries.folder(path as FolderPath).queryKey)
      const files = data?.pages.flatMap((one) => one.files.map(({ name }) => name))
      return data && [...(data.pages[0]?.folders ?? []).map((name) => `${name}/`), ...(files ?? [])]
    },
    paths() {
      const all: string[] = []
      const walk = (one: FolderNode) => {
        all.push(one.path)
        one.folders.forEach(walk)
      }
      walk(queryClient.getQueryData(queries.tree().queryKey) ?? node('/'))
      return all
    },
    snapshot: () =>
      JSON.stringify(
        [queries.tree().queryKey, queries.folder('/' as FolderPath).queryKey].map((key) =>
          queryClient.getQueryData(key as readonly string[]),
        ),
      ),
  }
}

test('a renamed file stands where its new name belongs, and comes back as it was', () => {
  const { patch, listed, snapshot } = world()
  const before = snapshot()
  const known = relocate(patch, [{ from: '/a.txt', to: '/c.txt' }])
  expect(listed('/')).toEqual(['Films/', 'Music/', 'b.txt', 'c.txt'])
  relocate(patch, known.map(inverse))
  expect(snapshot()).toBe(before)
})

test('a file that moves is in the listing of where it went, with its link', () => {
  const { patch, listed } = world()
  const [known] = relocate(patch, [{ from: '/a.txt', to: '/Films/a.txt' }])
  expect(listed('/')).not.toContain('a.txt')
  expect(listed('/Films/')).toEqual(['2026/', 'a.txt', 'x.mp4'])
  expect(known?.file?.link).toBe('https://x.test/share/1/a.txt')
})

test('a folder takes what is in it along: in the tree, and in what is cached of it', () => {
  const { patch, listed, paths } = world()
  relocate(patch, [{ from: '/Films/', to: '/Music/Movies/' }])
  expect(paths()).toEqual(['/', '/Music/', '/Music/Movies/', '/Music/Movies/2026/'])
  expect(listed('/')).toEqual(['Music/', 'a.txt', 'b.txt'])
  expect(listed('/Music/Movies/2026/')).toEqual(['y.mp4'])
  expect(listed('/Films/')).toBeUndefined()
  relocate(patch, [{ from: '/Music/Movies/', to: '/Films/' }])
  expect(paths()).toEqual(['/', '/Films/', '/Films/2026/', '/Music/'])
  expect(listed('/Films/')).toEqual(['2026/', 'x.mp4'])
})

test('a new folder is in the tree and in its parent, a deleted one in neither', () => {
  const { patch, listed, paths } = world()
  relocate(patch, [{ from: null, to: '/Films/2027/' }])
  expect(listed('/Films/')).toContain('2027/')
  relocate(patch, [{ from: '/Films/', to: null }])
  expect(paths()).toEqual(['/', '/Music/'])
  expect(listed('/Films/')).toBeUndefined()
})

test('what is behind files that are gone moves up, and what is not loaded is still to come', () => {
  const names = (from: number) => Array.from({ length: 3 }, (_, at) => `f${from + at}`)
  const before = {
    pages: [
      page('/', names(0), { next_offset: 3, has_more: true, total: 9 }),
      page('/', names(3), { next_offset: 6, has_more: true, total: 9 }),
    ],
    pageParams: [0, 3],
    total: 9,
  }
  const some = withoutEntries(before, { files: new Set(['f0', 'f4']), folders: new Set() })
  expect(some.pageParams).toEqual([0, 2])
  expect(some.total).toBe(7)
  expect(findGaps(some)).toEqual([{ loadedBefore: 4, offset: 4, size: 3 }])

  const loaded = new Set([...names(0), ...names(3)])
  const none = withoutEntries(before, { files: loaded, folders: new Set() })
  expect(none.pages.flatMap(({ files }) => files)).toEqual([])
  expect(findGaps(none)).toEqual([{ loadedBefore: 0, offset: 0, size: 3 }])
})
