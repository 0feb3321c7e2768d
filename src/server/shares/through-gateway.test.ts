import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { uploadReply } from '#contract/uploads.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { shareClient } from '#server/testing/share-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'

test('links are made, opened, used and revoked through a gateway', async () => {
  await using server = await startTestServer({ config: { rateLimit: 1_000 } })
  await using gateway = await startTestServer({ config: { upstream: server.origin } })
  await manageClient(server).upload('/In/seen.txt', 'bytes')
  const shares = shareClient(gateway, { key: server.key })
  const password = 'open sesame'
  const reader = await shares.create({ path: '/In/', password })
  const sender = await shares.create(shares.ask('/In/', 100))
  expect(await (await gateway.get('/api/server', { key: null })).json()).toMatchObject({
    additions: expect.arrayContaining(['shares']),
  })

  const key = (await shares.keyFor(reader.secret, password)) ?? ''
  const { files } = filesReply.parse(await (await gateway.get('/api/v1/files', { key })).json())
  expect(files).toMatchObject([{ name: 'seen.txt' }])
  expect(await (await fetch(files[0]?.link ?? '')).text()).toBe('bytes')
  const sent = await gateway.upload({ name: 'sent.txt', bytes: 'x' }, { key: sender.key })
  expect(uploadReply.parse(await sent.json())).toMatchObject({ folder: '/', link: '' })
  expect(await shares.list()).toHaveLength(2)
  await shares.revoke([reader.share.id])
  expect((await gateway.get('/api/v1/files', { key })).status).toBe(401)
})
