import { expect, test } from 'vitest'
import type { ApiClient } from '#app/api/http/client.ts'
import { replaceBy } from './replace-by.ts'

const replacing = { folder: '/a/', from: 'b (2).txt', name: 'b.txt' }

test.each([
  [true, [['/files/rename', { on_conflict: 'replace' }]]],
  [
    false,
    [
      ['/files/delete', { items: ['/a/b.txt'] }],
      ['/files/rename', { item: '/a/b (2).txt', name: 'b.txt' }],
    ],
  ],
])('a file is replaced, at once where the server takes that: %s', async (atOnce, expected) => {
  const asked: unknown[] = []
  const call = (async ({ path }, { body }) => {
    asked.push([path.replace('/api/v1', ''), body])
    return { results: [{ status: 'ok' }] }
  }) as ApiClient['call']
  await replaceBy({ call } as ApiClient, { ...replacing, atOnce })
  expect(asked).toMatchObject(expected)
})
