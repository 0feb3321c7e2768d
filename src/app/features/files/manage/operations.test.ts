import { QueryClient } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { createQueries } from '#app/api/cache/queries.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import type { Me } from '#contract/account.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { createManager } from './manager.ts'

type Body = { item?: string; name?: string; items?: string[]; to?: string; ids?: string[] }

/** A server that says yes, and takes every name in `/Taken/`. */
function world() {
  const asked: [string, Body][] = []
  const client = {
    call: vi.fn(async (endpoint: Endpoint, { body = {} }: { body?: Body }) => {
      const path = endpoint.path.replace('/api/v1', '')
      asked.push([path, body])
      if (path === '/files/rename') return { path: body.item?.replace(/[^/]+$/, body.name ?? '') }
      const items = body.items ?? body.ids ?? []
      return {
        results: items.map((item) => {
          const number = body.to === '/Taken/' ? ' (2)' : ''
          const to = body.to ? { path: body.to + item.split('/').at(-1) + number } : {}
          const trash = path === '/files/delete' ? { trash_id: `id of ${item}` } : {}
          return { item, status: 'ok', ...to, ...trash }
        }),
      }
    }),
  } as unknown as ApiClient
  const me = { key: { id: 'k' } } as Me
  const queryClient = new QueryClient()
  const manager = createManager({
    client,
    queryClient,
    queries: createQueries({ client, me, readAdditions: async () => [] }),
    folder: () => '/' as FolderPath,
    onOpenFolder: () => {},
  })
  return { asked, manager }
}

const films = '/Films/' as FolderPath
const paths = (asked: [string, Body][]) => asked.map(([path]) => path)

test('Undo restores what was deleted, by its ids in the trash', async () => {
  const { asked, manager } = world()
  await manager.operations.erase(['/a', '/b'])
  manager.performer.undo()
  await vi.waitFor(() => expect(asked).toHaveLength(2), 30_000)
  expect(asked[1]).toEqual(['/trash/restore', { ids: ['id of /a', 'id of /b'] }])
})

test('Undo moves back to where it came from, and gives back the name it had there', async () => {
  const { asked, manager } = world()
  await manager.operations.move(['/a'], '/Taken/' as FolderPath)
  manager.performer.undo()
  await vi.waitFor(() => expect(asked).toHaveLength(3), 30_000)
  expect(asked[1]).toEqual(['/files/move', { items: ['/Taken/a (2)'], to: '/' }])
  expect(asked[2]).toEqual(['/files/rename', { item: '/a (2)', name: 'a' }])
})

test('Undo of copying deletes the copies, of renaming gives the name back', async () => {
  const { asked, manager } = world()
  await manager.operations.copy(['/a'], films)
  await manager.operations.rename('/b', 'c')
  manager.performer.undo()
  await vi.waitFor(() => expect(asked).toHaveLength(3), 30_000)
  manager.performer.undo()
  await vi.waitFor(() => expect(asked).toHaveLength(4), 30_000)
  expect(asked[2]).toEqual(['/files/rename', { item: '/c', name: 'b' }])
  expect(asked[3]).toEqual(['/files/delete', { items: ['/Films/a'] }])
})

test('Undo pressed again goes one step further, and not forward again', async () => {
  const { asked, manager } = world()
  await manager.operations.move(['/a'], films)
  await manager.operations.erase(['/b'])
  for (const length of [3, 4]) {
    manager.performer.undo()
    await vi.waitFor(() => expect(asked).toHaveLength(length), 30_000)
  }
  manager.performer.undo()
  expect(paths(asked)).toEqual(['/files/move', '/files/delete', '/trash/restore', '/files/move'])
  expect(manager.performer.state.getSnapshot().undos).toBe(0)
})

test('Undo pressed before the answer waits for it', async () => {
  const { asked, manager } = world()
  void manager.operations.erase(['/a'])
  manager.performer.undo()
  await vi.waitFor(() => expect(paths(asked)).toEqual(['/files/delete', '/trash/restore']), 30_000)
})

test('what is there already is not moved', async () => {
  const { asked, manager } = world()
  expect(await manager.operations.move(['/Films/a'], films)).toBeNull()
  expect(asked).toEqual([])
})
