import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { importClientOf } from '#server/testing/imports/import-client.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { blobPaths, countListedFiles, stagedPaths } from '#server/testing/test-store.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

test.each([
  ['file', '/file/slow.bin?size=1200000&pace=40', '/', ['slow.bin']],
  ['video', '/watch/a?pace=300', '/Harbour at dawn/', ['Harbour at dawn.mp4']],
] as const)(
  'a %s that runs when the server is killed leaves nothing, and is done after the next start',
  async (type, link, folder, names) => {
    await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-import-crash-'))
    await using site = await startTestVideoSite()
    const settings = {
      ...{ BARKEEP_DATA: data.path, BARKEEP_RATE_LIMIT: '1000000' },
      ...{ BARKEEP_IMPORT_ALLOW: site.host, BARKEEP_YT_DLP: '' },
    }
    const url = site.origin + link
    await using killed = startServerProcess(settings)
    const key = await killed.firstKey
    const before = await importClientOf(killed, key)
    const id = await before.start({ url, type, video: { quality: '360' } })
    await before.waitFor(id, ({ progress }) => progress !== '0%')
    await killed.end('SIGKILL')
    // The control: there was something half done for the next start to take away.
    const stored = { dataFolder: data.path }
    const left = await stagedPaths(stored)
    expect(left).not.toEqual([])
    expect(await countListedFiles(stored)).toBe(0)
    expect(await blobPaths(stored)).toEqual([])

    await using server = startServerProcess(settings)
    const client = await importClientOf(server, key)
    const halfDone = await stagedPaths(stored)
    expect(halfDone.filter((path) => left.includes(path))).toEqual([])
    const task = await client.waitFor(id, ({ state }) => state !== 'running')
    expect(task).toMatchObject({ type, state: 'completed' })
    expect(await client.list(folder)).toEqual({ folders: [], names })
    expect(await blobPaths(stored)).toHaveLength(names.length)
    await vi.waitFor(async () => {
      expect(await stagedPaths(stored)).toEqual([])
    }, 30_000)
  },
)
