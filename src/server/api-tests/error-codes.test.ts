import { expect, test } from 'vitest'
import {
  type ApiErrorCode,
  apiErrorCodes,
  apiErrorStatus,
  errorReply,
} from '#contract/api-error.ts'
import { readRateLimit } from '#contract/rate-limit.ts'
import { type Disk, systemDisk } from '#server/storage/disk/disk.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const nobodysKey = `csb_live_${'0'.repeat(28)}`
const video = { url: 'https://example.com/', type: 'video' }

const waysToFail: Record<ApiErrorCode, (server: TestServer) => Promise<Response>> = {
  missing_auth: (server) => server.get('/api/v1/me', { key: null }),
  invalid_key: (server) => server.get('/api/v1/me', { key: nobodysKey }),
  expired_key: async (server) =>
    server.get('/api/v1/me', { key: await server.keyWith({ expiresAt: new Date(1000) }) }),
  premium_required: async (server) =>
    server.get('/api/v1/me', { key: await server.keyWith({ plan: 'free' }) }),
  account_unavailable: async (server) =>
    server.get('/api/v1/me', { key: await server.keyWith({ isBanned: true }) }),
  insufficient_scope: async (server) =>
    server.get('/api/v1/files', { key: await server.keyWith({ scopes: ['import'] }) }),
  invalid_request: (server) => server.get('/api/v1/files?offset=x'),
  not_found: (server) => server.get('/api/v1/files?path=/nowhere/'),
  conflict: async (server) => {
    for (const path of ['/a/', '/b/']) await server.post('/api/v1/folders/create', { path })
    return await server.post('/api/v1/files/rename', { item: '/a/', name: 'b' })
  },
  payload_too_large: (server) => server.upload({ name: 'a', bytes: 'x'.repeat(101) }),
  rate_limited: async (server) => {
    const key = await server.keyWith({})
    for (let taken = 0; taken < 5; taken += 1) await server.get('/api/v1/me', { key })
    return await server.get('/api/v1/me', { key })
  },
  feature_disabled: (server) => server.post('/api/v1/import', video),
  unavailable: (server) => server.upload({ name: 'full disk', bytes: 'x' }),
  server_error: (server) => server.upload({ name: 'bug', bytes: 'xx' }),
}

test.each(apiErrorCodes)('%s is told with its status and the window', async (code) => {
  // Two ways in which a disk fails: one that disks have, one that only a mistake of ours has.
  const failure =
    code === 'unavailable'
      ? Object.assign(new Error(), { code: 'ENOSPC', errno: -28, syscall: 'open' })
      : new TypeError('secret')
  let isFailing = false
  const create: Disk['create'] = (path) =>
    isFailing ? Promise.reject(failure) : systemDisk.create(path)
  await using server = await startTestServer({
    config: { rateLimit: 5, uploadMaxBytes: 100 },
    dependencies: { disk: { ...systemDisk, create } },
  })
  isFailing = true
  const reply = await waysToFail[code](server)
  const told = errorReply.parse(await reply.json())
  expect(told.code).toBe(code)
  expect(told.message).not.toContain('secret')
  expect(reply.status).toBe(apiErrorStatus[code])
  const window = readRateLimit((name) => reply.headers.get(name))
  expect(window).toMatchObject({ limit: 5 })
  expect(window?.retryAfter !== null).toBe(code === 'rate_limited')
})
