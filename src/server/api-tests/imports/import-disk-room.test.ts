import { expect, test, vi } from 'vitest'
import { type Disk, systemDisk } from '#server/storage/disk/disk.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** A disk that has room for the first `looks` times somebody looks. */
function fillingDisk(looks: number): Disk {
  let looked = 0
  return {
    ...systemDisk,
    freeBytes: async (folder) => {
      looked += 1
      return looked > looks ? 1_000_000 : systemDisk.freeBytes(folder)
    },
  }
}

test.each([
  [0, 'before it begins'],
  [2, 'while it runs'],
])(
  'a video import fails in words when the disk is nearly full after %i looks, %s',
  async (looks) => {
    await using imports = await startTestImportServer({
      dependencies: { disk: fillingDisk(looks) },
    })
    const task = await imports.run('/watch/harbour?pace=200', { type: 'video' })
    expect(task).toMatchObject({
      state: 'failed',
      error: 'The server has no room for it, or its disk fails.',
    })
    expect(await imports.list()).toEqual({ folders: [], names: [] })
    await imports.expectNoLeftovers()
  },
)

test('a file that says its length is refused before it fills the disk', async () => {
  const room = 256 * 1024 ** 2 + 100_000
  const disk = { ...systemDisk, freeBytes: async () => room }
  await using imports = await startTestImportServer({ dependencies: { disk } })
  expect(await imports.run('/file/x?size=100001')).toMatchObject({
    ...{ state: 'failed', progress: '0%' },
    error: 'The server has no room for it, or its disk fails.',
  })
  await imports.expectNoLeftovers()
  expect(await imports.run('/file/x?size=100000')).toMatchObject({ state: 'completed' })
})

test('the same video arrives where the disk has room', async () => {
  await using imports = await startTestImportServer()
  expect(await imports.run('/watch/harbour?pace=200', { type: 'video' })).toMatchObject({
    state: 'completed',
  })
})
