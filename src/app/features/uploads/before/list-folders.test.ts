import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { listFolders } from './list-folders.ts'
import { lookFor } from './look-for.ts'

/** A server with these files by folder, `pageSize` on a page, and what was asked of it. */
function folderServer(
  folders: Record<string, readonly string[]>,
  { additions = ['limit', 'total'], size = 10, uploadedAt = '2026-11-29T10:00:00Z' } = {},
) {
  const asked: string[] = []
  let treeReads = 0
  const call = async (
    _endpoint: unknown,
    { query }: { query: { path: string; offset: number; limit?: number } },
  ) => {
    const { path, offset, limit = 50 } = query
    asked.push(`${path} ${offset}`)
    const names = folders[path]
    if (!names) throw new ApiError({ code: 'not_found', status: 404, message: 'No.' })
    const files = names.slice(offset, offset + limit).map((name) => ({
      ...{ name, size, link: `https://s.example/${name}`, uploaded_at: uploadedAt },
    }))
    const next_offset = offset + files.length
    return { files, next_offset, has_more: next_offset < names.length }
  }
  const node = (path: string) => ({ name: path.slice(1, -1), path, folders: [] })
  return {
    asked,
    treeReads: () => treeReads,
    reader: {
      client: { call } as unknown as ApiClient,
      readAdditions: async () => additions,
      async readTree() {
        treeReads += 1
        const below = Object.keys(folders).filter((path) => path !== '/')
        return { name: '', path: '/', folders: below.map(node) }
      },
    },
  }
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${index + from}.jpg`)
const wanted = (folders: Record<string, readonly string[]>) =>
  new Map(Object.entries(folders).map(([path, some]) => [path, new Set(some)]))

test('800 files in 16 folders take 16 requests, and folders that are not there take none', async () => {
  const folders = Object.fromEntries(names(16).map((name) => [`/${name}/`, names(50)]))
  const { reader, asked, treeReads } = folderServer(folders)
  const listed = await listFolders(reader, wanted({ ...folders, '/new/': names(50) }))
  expect(asked).toHaveLength(16)
  expect(listed.get('/3.jpg/')?.files.size).toBe(50)
  expect(listed.get('/new/')).toEqual({ files: new Map(), isWhole: true })
  // Once as it is known, and once anew: another tab may just have made it.
  expect(treeReads()).toBe(2)
})

test('a look stops where all is found, and before it costs more than sending', async () => {
  const many = { '/Trip/': names(5_000) }
  const paged = folderServer(many)
  await listFolders(paged.reader, wanted({ '/Trip/': ['7.jpg'] }))
  expect(paged.asked).toEqual(['/Trip/ 0'])
  // Without `limit` the whole folder would be a hundred requests.
  const small = folderServer(many, { additions: [] })
  await listFolders(small.reader, wanted({ '/Trip/': ['not there'] }))
  expect(small.asked).toHaveLength(8)
})

test('a folder that cannot be listed is one of which nothing is known', async () => {
  const { reader } = folderServer({ '/a/': ['1'], '/b/': ['1'] })
  const { call } = reader.client
  reader.client.call = (async (endpoint: never, request: { query: { path: string } }) => {
    if (request.query.path === '/a/') throw new ConnectionError('No.')
    return call(endpoint, request as never)
  }) as ApiClient['call']
  const listed = await listFolders(reader, wanted({ '/a/': ['1'], '/b/': ['1'] }))
  expect([...listed.keys()]).toEqual(['/b/'])
})

test('an upload is there if its name and size are, and not from before it began', async () => {
  const { reader } = folderServer({ '/Trip/': ['Cafe\u0301', 'b', 'c'] })
  const sought = {
    folder: '/Trip/',
    lastModified: 1,
    notBefore: Date.parse('2026-11-29T09:00:00Z'),
  }
  const { there, missing } = await lookFor(reader, [
    { ...sought, id: '1', name: 'Caf\u00e9', size: 10 },
    { ...sought, id: '2', name: 'b', size: 11 },
    { ...sought, id: '3', name: 'c', size: 10, notBefore: Date.parse('2026-11-29T11:00:00Z') },
    { ...sought, id: '4', name: 'C', size: 10 },
  ])
  expect([...there.keys()]).toEqual(['1'])
  expect([...missing]).toEqual(['2', '3', '4'])
  expect(there.get('1')).toMatchObject({ folder: '/Trip/', size: 10 })
})
