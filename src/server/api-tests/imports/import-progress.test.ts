import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportTask } from '#contract/imports.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp } from '#server/testing/imports/test-yt-dlp.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** What a task told while it ran, each once in the order it was first seen. */
async function watch(imports: TestImportServer, id: string) {
  const seen: ImportTask[] = []
  const end = await imports.waitFor(id, (task) => {
    seen.push(task)
    return task.state !== 'running'
  })
  const tell = ({ stage = 'none', part, parts }: ImportTask) =>
    part === undefined ? stage : `${stage} ${part} of ${parts}`
  return { seen, end, stages: [...new Set(seen.map(tell))] }
}

async function list(imports: TestImportServer, query = '') {
  const reply = await imports.server.get(`/api/v1/imports${query}`)
  if (!reply.ok) throw new Error(await reply.text())
  return endpoints.imports.reply.parse(await reply.json())
}

test('a file tells its bytes, its speed and how long it will take, and nothing of it once it ended', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/file/a.bin?size=800000&pace=40', { type: 'file' })
  const { seen, end } = await watch(imports, id)
  const moving = seen.filter(({ seconds_left }) => seconds_left !== undefined)
  expect(moving.length).toBeGreaterThan(3)
  for (const { stage, bytes = 0, total_bytes, share, bytes_per_second = 0 } of moving) {
    expect(stage).toBe('downloading')
    expect(total_bytes).toBe(800_000)
    expect(bytes).toBeGreaterThan(0)
    expect(share).toBeCloseTo(bytes / 800_000)
    // 16 KiB each 40 ms, at the most.
    expect(bytes_per_second).toBeGreaterThan(0)
    expect(bytes_per_second).toBeLessThan(600_000)
  }
  expect(end).toMatchObject({ state: 'completed' })
  for (const name of ['stage', 'bytes', 'share', 'seconds_left'])
    expect(end).not.toHaveProperty(name)
})

test('a file of unknown length tells its bytes and no share', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/file/a.bin?size=800000&pace=20&length=no', { type: 'file' })
  const task = await imports.waitFor(id, ({ bytes_per_second }) => bytes_per_second !== undefined)
  expect(task.stage).toBe('downloading')
  expect(task.bytes).toBeGreaterThan(0)
  for (const name of ['share', 'total_bytes', 'seconds_left']) expect(task).not.toHaveProperty(name)
})

test('a video tells which part comes, and that its parts are joined, with the real programs', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/watch/a?list=separate&pace=250')
  const { stages, seen, end } = await watch(imports, id)
  expect(end).toMatchObject({ state: 'completed' })
  const order = ['looking', 'downloading 1 of 2', 'downloading 2 of 2', 'joining', 'storing']
  // Joining and storing may be over between two questions.
  expect(stages.filter((stage) => order.includes(stage))).toEqual(
    order.filter((stage) => stages.includes(stage)),
  )
  expect(stages).toEqual(expect.arrayContaining(order.slice(0, 3)))
  const withTotal = seen.filter(({ total_bytes }) => total_bytes !== undefined)
  for (const { bytes = 0, total_bytes = 0 } of withTotal)
    expect(bytes).toBeLessThanOrEqual(total_bytes)
  expect(withTotal.length).toBeGreaterThan(0)
  const shares = seen.flatMap(({ share }) => share ?? [])
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
})

test('joining is told as long as it takes, and the sum of all parts from the start where yt-dlp knows it', async () => {
  await using fake = await createFakeYtDlp(`echo 'BARKEEP-VIDEO {"title": "Slow"}'
echo 'BARKEEP-START ["1", "2"]'
echo 'BARKEEP-SIZES [{"filesize": 1000}, {"filesize_approx": 500.5}]'
echo 'BARKEEP-PART {"status": "downloading", "downloaded_bytes": 100, "total_bytes": 1000, "filename": "video.f1.mp4"}'
until [ -e go ]; do sleep 0.05; done
echo 'BARKEEP-STEP {"status": "started", "postprocessor": "Merger"}'
sleep 60`)
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const id = await imports.start('/watch/a', { type: 'video' })
  const first = await imports.waitFor(id, ({ part }) => part !== undefined)
  expect(first).toMatchObject({
    ...{ stage: 'downloading', part: 1, parts: 2, title: 'Slow' },
    ...{ bytes: 100, total_bytes: 1501, progress: '5%' },
  })
  await imports.server.post('/api/v1/import/cancel', { task_id: id })
})

test('one that has to wait says so', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const slow = await imports.start('/file/slow.bin?size=16000000&pace=20', { type: 'file' })
  const id = await imports.start('/file/a.bin', { type: 'file' })
  expect(await imports.status(id)).toMatchObject({ state: 'running', stage: 'waiting' })
  await imports.server.post('/api/v1/import/cancel', { task_id: slow })
  expect(await imports.waitFor(id, ({ state }) => state !== 'running')).not.toHaveProperty('stage')
})

test('imports are listed newest first, in pages, with what was asked for', async () => {
  await using imports = await startTestImportServer()
  const ids: string[] = []
  for (const name of ['a', 'b', 'c']) {
    const { id } = await imports.run(`/file/${name}.bin`, {
      ...{ type: 'file', path: '/Films/' as never, filename: `${name}-own.bin` as never },
    })
    ids.push(id)
  }
  const first = await list(imports, '?limit=2')
  expect(first.imports.map(({ id }) => id)).toEqual([ids[2], ids[1]])
  expect(first).toMatchObject({ limit: 2, next_offset: 2, has_more: true })
  const second = await list(imports, '?limit=2&offset=2')
  expect(second).toMatchObject({ has_more: false, next_offset: 3 })
  expect(second.imports).toMatchObject([
    {
      ...{ id: ids[0], state: 'completed', type: 'file' },
      request: {
        ...{ url: `${imports.site.origin}/file/a.bin`, type: 'file' },
        ...{ path: '/Films/', filename: 'a-own.bin' },
      },
    },
  ])
  const some = await list(imports, `?task_ids=${ids[0]},nobody,${ids[2]}`)
  expect(some.imports.map(({ id }) => id)).toEqual([ids[2], ids[0]])
  // What a listed import was started with starts it again.
  const again = await imports.server.post('/api/v1/import', second.imports[0]?.request ?? {})
  expect(again.status).toBe(200)
})

test.each(['limit=0', 'limit=101', 'offset=-1', `task_ids=${'a,'.repeat(101)}`])(
  'a list that is asked for with %s is refused',
  async (query) => {
    await using imports = await startTestImportServer()
    const reply = await imports.server.get(`/api/v1/imports?${query}`)
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ code: 'invalid_request' })
  },
)
