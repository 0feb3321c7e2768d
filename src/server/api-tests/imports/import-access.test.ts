import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { processesWith } from '#server/testing/imports/test-yt-dlp.ts'
import { changeAccounts, endKey, importStates } from '#server/testing/test-store.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** Starts an import by a second key of the owner. */
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
    await endKey(imports.server, key, 'revoked')
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
  ['banned', { isBanned: true }, 'available'],
  ['without its plan', { plan: 'free' }, 'plan'],
] as const)('an account that is %s loses what all of its keys run', async (_how, change, words) => {
  await using imports = await startTestImportServer()
  const key = await imports.server.keyWith({})
  const ids = [
    await imports.start(slowFile, { type: 'file' }),
    await startBySecondKey(imports, key, '/file/second.bin?size=100000000&pace=40'),
  ]
  for (const id of ids) await imports.waitFor(id, ({ progress }) => progress !== '0%')
  await changeAccounts(imports.server, change)
  await vi.waitFor(
    async () => expect(new Set(await importStates(imports.server))).toEqual(new Set(['failed'])),
    { timeout: 60_000 },
  )
  await changeAccounts(imports.server, { isBanned: false, plan: 'pro' })
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
  await endKey(imports.server, key, 'expired')
  expect(await imports.waitFor(id, hasEnded)).toMatchObject({ state: 'completed' })
})
