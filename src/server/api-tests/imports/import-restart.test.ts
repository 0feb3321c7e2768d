import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { systemClock } from '#server/core/clock.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import type { TestServer } from '#server/testing/start-test-server.ts'
import {
  changeAccounts,
  endKey,
  forgetKeysOfImports,
  importStates,
} from '#server/testing/test-store.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const slow = {
  file: '/file/slow.bin?size=1600000&pace=40',
  video: '/watch/slow?pace=500',
} as const

/** Starts an import by a second key of the owner, and resolves once it moves. */
async function startMoving(imports: TestImportServer, type: 'file' | 'video') {
  const key = await imports.server.keyWith({})
  const body = { url: imports.site.origin + slow[type], type, video: { quality: '360' } }
  const reply = await imports.server.post('/api/v1/import', body, { key })
  const id = endpoints.startImport.reply.parse(await reply.json()).task_id
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  return { id, key }
}

type End = { end(server: TestServer, key: string): Promise<void>; error: string }

const ends: Record<string, End> = {
  'the key was revoked': {
    end: (server, key) => endKey(server, key, 'revoked'),
    error: 'The key that started it was revoked.',
  },
  'the account was banned': {
    end: (server) => changeAccounts(server, { isBanned: true }),
    error: 'The account is not available any more.',
  },
  'the account lost its plan': {
    end: (server) => changeAccounts(server, { plan: 'free' }),
    error: 'The account has no pro plan any more.',
  },
}

test.each([
  ...Object.keys(ends).map((why) => ['file', why] as const),
  ['video', 'the key was revoked'] as const,
])('a running %s import is not taken up again when %s in between', async (type, why) => {
  const { end, error } = ends[why] as End
  await using imports = await startTestImportServer()
  const { id, key } = await startMoving(imports, type)
  await end(imports.server, key)
  const asked = imports.site.requests.length
  await imports.server.restart()
  await vi.waitFor(
    async () => expect(await importStates(imports.server)).toEqual(['failed']),
    30_000,
  )
  await changeAccounts(imports.server, { isBanned: false, plan: 'pro' })
  expect(await imports.status(id)).toMatchObject({ state: 'failed', error })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
  expect(imports.site.requests.slice(asked).map(({ line }) => line)).not.toContain(
    `GET ${slow[type]}`,
  )
})

test('an import whose key has expired goes on, and so does one that notes no key', async () => {
  for (const change of [
    (server: TestServer, key: string) => endKey(server, key, 'expired'),
    forgetKeysOfImports,
  ]) {
    await using imports = await startTestImportServer()
    const { id, key } = await startMoving(imports, 'file')
    await change(imports.server, key)
    await imports.server.restart()
    const task = await imports.waitFor(id, ({ state }) => state !== 'running')
    expect(task.error).toBeUndefined()
  }
})

test.each(['file', 'video'] as const)(
  'a %s import that was cancelled stays cancelled over a restart, and asks for nothing',
  async (type) => {
    await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
    const { id } = await startMoving(imports, type)
    const waiting = await imports.start('/file/waiting.bin', { type: 'file' })
    for (const task_id of [waiting, id]) {
      await imports.server.post('/api/v1/import/cancel', { task_id })
    }
    const asked = imports.site.requests.length
    await imports.server.restart()
    const later = await imports.run('/file/later.bin', { type: 'file' })
    expect(later).toMatchObject({ state: 'completed' })
    expect(await imports.status(id)).toMatchObject({ state: 'cancelled' })
    expect(await imports.status(waiting)).toMatchObject({ state: 'cancelled' })
    const lines = imports.site.requests.slice(asked).map(({ line }) => line)
    expect(lines).toEqual(['GET /file/later.bin'])
  },
)

test('a queue longer than what may run keeps its order over a restart, also of one millisecond', async () => {
  // Every task has the same time.
  const clock = { ...systemClock, now: () => 1_800_000_000_000 }
  await using imports = await startTestImportServer({
    ...{ config: { importConcurrency: 1 }, dependencies: { clock } },
  })
  const names = Array.from({ length: 8 }, (_, index) => `/file/${index}.bin`)
  const first = await imports.start(slow.file, { type: 'file' })
  await imports.waitFor(first, ({ progress }) => progress !== '0%')
  const ids = []
  for (const name of names) ids.push(await imports.start(name, { type: 'file' }))
  const asked = imports.site.requests.length
  await imports.server.restart()
  for (const id of [first, ...ids]) {
    expect(await imports.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
      state: 'completed',
    })
  }
  const lines = imports.site.requests.slice(asked).map(({ line }) => line)
  expect(lines).toEqual([slow.file, ...names].map((path) => `GET ${path}`))
})
