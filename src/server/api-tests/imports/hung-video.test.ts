import { expect, test } from 'vitest'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp, processesWith } from '#server/testing/imports/test-yt-dlp.ts'

const title = `echo 'BARKEEP-VIDEO {"title": "Stubborn"}'`
// Ignores SIGTERM, and so does the child that it has.
const stubborn = (mark: string) => `trap '' TERM
sh -c 'trap "" TERM; while :; do sleep 0.1; done' ${mark}-child &
${title}
while :; do sleep 0.1; done`

test('cancelling ends yt-dlp and its children, although they ignore SIGTERM', async () => {
  const mark = `stubborn-${process.pid}-a`
  await using fake = await createFakeYtDlp(stubborn(mark))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const id = await imports.start('/watch/a', { type: 'video' })
  await imports.waitFor(id, (task) => task.title === 'Stubborn')
  expect(processesWith(`${mark}-child`)).not.toEqual([])
  await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect(processesWith(`${mark}-child`)).toEqual([])
  expect(processesWith(fake.path)).toEqual([])
  expect(await imports.status(id)).toMatchObject({ state: 'cancelled' })
  await imports.expectNoLeftovers()
})

test('stopping the server ends it too, and the task is still running for the next start', async () => {
  const mark = `stubborn-${process.pid}-b`
  await using fake = await createFakeYtDlp(stubborn(mark))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const id = await imports.start('/watch/a', { type: 'video' })
  await imports.waitFor(id, (task) => task.title === 'Stubborn')
  await imports.server.server.close()
  expect(processesWith(`${mark}-child`)).toEqual([])
  expect(processesWith(fake.path)).toEqual([])
  await imports.server.restart()
  expect(await imports.status(id)).toMatchObject({ state: 'running' })
})

test('one that prints nothing for minutes is ended, and the import fails in words', async () => {
  const mark = `stubborn-${process.pid}-c`
  await using fake = await createFakeYtDlp(stubborn(mark))
  let lead = 0
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + lead }
  await using imports = await startTestImportServer({
    ...{ config: { ytDlp: fake.path }, dependencies: { clock } },
  })
  const id = await imports.start('/watch/a', { type: 'video' })
  await imports.waitFor(id, (task) => task.title === 'Stubborn')
  lead = 10 * 60_000
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'failed', error: 'The video page stopped answering.' })
  expect(processesWith(`${mark}-child`)).toEqual([])
})

test('what yt-dlp says of paths and addresses is not told on', async () => {
  await using fake = await createFakeYtDlp(
    `echo "ERROR: [x] y: Cannot write $PWD/video.mp4 from http://10.9.8.7/secret" >&2; exit 1`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const { error } = await imports.run('/watch/a', { type: 'video' })
  expect(error).toMatch(/^The video could not be fetched/)
  expect(error).not.toMatch(/barkeep|work|10\.9|http/)
})

test('one that ends well and leaves nothing has found no video', async () => {
  await using fake = await createFakeYtDlp('echo text > video.en.vtt')
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const { error } = await imports.run('/watch/a', { type: 'video' })
  expect(error).toContain('No video was found on that page')
  expect(await imports.list()).toEqual({ folders: [], names: [] })
})

test('a live stream is refused as soon as it says so', async () => {
  await using fake = await createFakeYtDlp(
    `echo 'BARKEEP-VIDEO {"title": "Now", "is_live": true}'; while :; do sleep 0.1; done`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const { error } = await imports.run('/watch/a', { type: 'video' })
  expect(error).toBe('Live streams cannot be imported. Try again when it is over.')
})
