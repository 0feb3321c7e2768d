import { QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { ApiClient } from '#app/api/http/client.ts'
import type { FilesPage } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { byName } from './listing.ts'
import { addFilesToListing, createQueries, reconcileFolder } from './queries.ts'
import { createQueryClient } from './query-client.ts'

const folder = '/Films/' as FolderPath
const largest = { sort: 'size', order: 'desc' } as const

/** A server with one folder of two files that notes what it is asked. */
function startCache() {
  const asked: Record<string, unknown>[] = []
  const page: FilesPage = {
    status: 'ok',
    path: folder,
    folders: [],
    files: [3, 1].map((size) => ({ name: `f${size}`, size, link: '', uploaded_at: '' })),
    limit: 50,
    next_offset: 2,
    has_more: false,
    total: 2,
  }
  const call = async (_: unknown, { query }: { query: Record<string, unknown> }) => {
    asked.push(query)
    return page
  }
  const queries = createQueries({
    client: { call } as unknown as ApiClient,
    me: { key: { id: 'k' } } as never,
    readAdditions: async () => ['limit', 'sort'],
  })
  const queryClient = createQueryClient(() => () => {})
  return { asked, queries, queryClient, patch: { queries, queryClient } }
}

test('each order is asked for in its words, and is another entry of the cache', async () => {
  const { asked, queries, queryClient } = startCache()
  await queryClient.fetchQuery(queries.folder(folder))
  const sorted = await queryClient.fetchQuery(queries.folder(folder, largest))
  expect(asked[0]).not.toHaveProperty('sort')
  expect(asked[1]).toMatchObject({ path: folder, offset: 0, sort: 'size', order: 'desc' })
  expect(sorted.order).toEqual(largest)
  await queryClient.fetchQuery(queries.folder(folder))
  expect(asked).toHaveLength(2)
})

test('what arrives is shown in every order that is cached, and nothing is asked', async () => {
  const { asked, queries, queryClient, patch } = startCache()
  await queryClient.fetchQuery(queries.folder(folder, largest))
  await queryClient.fetchQuery(queries.folder(folder))
  await addFilesToListing(patch, folder, [{ name: 'f2', size: 2, link: '', uploaded_at: '' }])
  for (const [order, names] of [
    [largest, ['f3', 'f2', 'f1']],
    [byName, ['f2', 'f3', 'f1']],
  ] as const) {
    const listing = queryClient.getQueryData(queries.folder(folder, order).queryKey)
    expect(listing?.pages[0]?.files.map(({ name }) => name)).toEqual(names)
  }
  expect(asked).toHaveLength(2)
})

test('to refresh a folder is one request: of the order that is shown', async () => {
  const { asked, queries, queryClient, patch } = startCache()
  await queryClient.fetchQuery(queries.folder(folder))
  await queryClient.fetchQuery(queries.folder(folder, largest))
  const stop = new QueryObserver(queryClient, queries.folder(folder, largest)).subscribe(() => {})
  await reconcileFolder(patch, folder)
  stop()
  expect(asked.slice(2)).toEqual([expect.objectContaining(largest)])
  expect(queryClient.getQueryData(queries.folder(folder).queryKey)).toBeUndefined()
  expect(queryClient.getQueryData(queries.folder(folder, largest).queryKey)).toBeDefined()
})
