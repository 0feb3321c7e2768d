import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { systemClock } from '#server/core/clock.ts'
import { databaseFile } from '#server/storage/sqlite/database.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const slow = {
  file: '/file/slow.bin?size=1600000&pace=40',
  video: '/watch/slow?pace=500',
} as const

function write({ server }: TestImportServer, statement: string): void {
  using database = new DatabaseSync(databaseFile(server.dataFolder))
  database.exec(statement)
}

/** Starts an import by a second key of the owner, and resolves once it moves. */
async function startMoving(imports: TestImportServer, type: 'file' | 'video') {
  const key = await imports.server.keyWith({})
  const body = { url: imports.site.origin + slow[type], type, video: { quality: '360' } }
  const reply = await imports.server.post('/api/v1/import', body, { key })
  const id = endpoints.startImport.reply.parse(await reply.json()).task_id
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  const last4 = key.slice(-4)
  return { id, last4 }
}

const ends = {
  'the key was revoked': {
    change: (last4: string) => `update api_key set revoked_at = 1 where last4 = '${last4}'`,
    undo: '',
    error: 'The key that started it was revoked.',
  },
  'the account was banned': {
    change: () => 'update user set banned = 1',
    undo: 'update user set banned = 0',
    error: 'The account is not available any more.',
  },
  'the account lost its plan': {
    change: () => "update user set plan = 'free'",
    undo: "update user set plan = 'pro'",
    error: 'The account has no pro plan any more.',
  },
}

test.each([
  ...Object.keys(ends).map((why) => ['file', why] as const),
  ['video', 'the key was revoked'] as const,
])('a running %s import is not taken up again when %s in between', async (type, why) => {
  const { change, undo, error } = ends[why as keyof typeof ends]
  await using imports = await startTestImportServer()
  const { id, last4 } = await startMoving(imports, type)
  write(imports, change(last4))
  const asked = imports.site.requests.length
  await imports.server.restart()
  await vi.waitFor(() => {
    using database = new DatabaseSync(databaseFile(imports.server.dataFolder))
    expect(database.prepare('select state from import_task').get()).toEqual({ state: 'failed' })
  })
  write(imports, undo)
  expect(await imports.status(id)).toMatchObject({ state: 'failed', error })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
  expect(imports.site.requests.slice(asked).map(({ line }) => line)).not.toContain(
    `GET ${slow[type]}`,
  )
})

test('an import whose key has expired goes on, and so does one that notes no key', async () => {
  for (const change of [
    'update api_key set expires_at = 1 where last4 =',
    "update import_task set key_id = null where '' <>",
  ]) {
    await using imports = await startTestImportServer()
    const { id, last4 } = await startMoving(imports, 'file')
    write(imports, `${change} '${last4}'`)
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
    ...{ config: { importConcurrency: 1 }, outside: { clock } },
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
