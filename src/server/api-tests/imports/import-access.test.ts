import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { databaseFile } from '#server/storage/sqlite/database.ts'
import { processesWith } from '#server/testing/imports/fake-yt-dlp.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** Written by another connection than the server's, as the command line does. */
function write({ server }: TestImportServer, statement: string): void {
  using database = new DatabaseSync(databaseFile(server.dataFolder))
  database.exec(statement)
}

/** Starts an import by a second key of the owner, which ends in `last4`. */
async function startBySecondKey(imports: TestImportServer, key: string, link: string) {
  const type = link.startsWith('/watch') ? 'video' : 'file'
  const body = { url: imports.site.origin + link, type, video: { quality: '360' } }
  const reply = await imports.server.post('/api/v1/import', body, { key })
  return endpoints.startImport.reply.parse(await reply.json()).task_id
}

const hasEnded = ({ state }: { state: string }) => state !== 'running'
const slowFile = '/file/slow.bin?size=100000000&pace=40'

test.each(['/watch/slow?pace=60000', slowFile])(
  'revoking a key ends what it runs and what it has waiting, and nothing of another key: %s',
  async (link) => {
    await using imports = await startTestImportServer({ config: { importConcurrency: 2 } })
    const key = await imports.server.keyWith({})
    const others = await imports.start('/file/other.bin?size=100000000&pace=20', { type: 'file' })
    const running = await startBySecondKey(imports, key, link)
    const waiting = await startBySecondKey(imports, key, '/file/waiting.bin')
    await imports.waitFor(
      running,
      ({ title, progress }) => title !== undefined || progress !== '0%',
    )
    await imports.waitFor(others, ({ progress }) => progress !== '0%')
    write(imports, `update api_key set revoked_at = 1 where last4 = '${key.slice(-4)}'`)
    for (const id of [waiting, running]) {
      const task = await imports.waitFor(id, hasEnded)
      expect(task).toMatchObject({ state: 'failed', error: 'The key that started it was revoked.' })
    }
    expect(processesWith(`${imports.site.origin}/watch`)).toEqual([])
    expect(await imports.status(others)).toMatchObject({ state: 'running' })
    expect(imports.site.requests.map(({ line }) => line)).not.toContain('GET /file/waiting.bin')
    // The place is free again.
    expect(await imports.run('/file/next.bin', { type: 'file' })).toMatchObject({
      state: 'completed',
    })
    expect((await imports.list()).names).toEqual(['next.bin'])
  },
)

test.each([
  ['banned', 'update user set banned = 1', 'update user set banned = 0', 'available'],
  ['without its plan', "update user set plan = 'free'", "update user set plan = 'pro'", 'plan'],
])('an account that is %s loses what all of its keys run', async (_how, change, undo, words) => {
  await using imports = await startTestImportServer()
  const key = await imports.server.keyWith({})
  const ids = [
    await imports.start(slowFile, { type: 'file' }),
    await startBySecondKey(imports, key, '/file/second.bin?size=100000000&pace=40'),
  ]
  for (const id of ids) await imports.waitFor(id, ({ progress }) => progress !== '0%')
  write(imports, change)
  await vi.waitFor(
    () => {
      using database = new DatabaseSync(databaseFile(imports.server.dataFolder))
      const states = database.prepare('select distinct state from import_task').all()
      expect(states).toEqual([{ state: 'failed' }])
    },
    { timeout: 60_000 },
  )
  write(imports, undo)
  for (const id of ids) {
    expect(await imports.status(id)).toMatchObject({ error: expect.stringContaining(words) })
  }
  await imports.expectNoLeftovers()
})

test('a key that expires ends nothing that it has started', async () => {
  await using imports = await startTestImportServer()
  const key = await imports.server.keyWith({})
  const id = await startBySecondKey(imports, key, '/file/a.bin?size=800000&pace=30')
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  write(imports, `update api_key set expires_at = 1 where last4 = '${key.slice(-4)}'`)
  expect(await imports.waitFor(id, hasEnded)).toMatchObject({ state: 'completed' })
})
