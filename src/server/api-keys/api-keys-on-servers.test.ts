import { expect, test } from 'vitest'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createApiKeyRepository } from './api-key-repository.ts'

test('of twelve keys that are made at once on three servers ten become keys', async () => {
  await using servers = await openTestServers()
  const all = servers.databases.map(createApiKeyRepository)
  const makeKey = (index: number) => ({
    ...{ id: `key ${index}`, userId: 'alice', name: '', secretHash: `${index}`, prefix: '' },
    ...{ last4: '', scopes: [], createdAt: 1, expiresAt: null },
  })
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, index) => all[index % 3]?.addUpTo(10, makeKey(index))),
  )
  expect(made.filter((isMade) => isMade)).toHaveLength(10)
  expect(await all[0]?.list('alice')).toHaveLength(10)
})
