import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { importClientOf } from '#server/testing/imports/import-client.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp, processesWith } from '#server/testing/imports/test-yt-dlp.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const title = `echo 'BARKEEP-VIDEO {"title": "Detached"}'`
const forever = 'while :; do sleep 0.1; done'

/**
 * yt-dlp with a grandchild that left its group and its session, has another parent by now, holds
 * none of its pipes and ignores SIGTERM. `then` follows once that runs.
 */
const detaching = (mark: string, then: string) => `trap '' TERM
( setsid sh -c 'trap "" TERM; : > alive; ${forever}' ${mark} </dev/null >/dev/null 2>&1 & )
while [ ! -e alive ]; do sleep 0.02; done
${title}
${then}`

/** Runs a bystander like the grandchild: same user, and whatever `env` says. */
async function startBystander(mark: string, env: Record<string, string>) {
  const script = `trap "" TERM; echo; ${forever}`
  const child = spawn('/bin/sh', ['-c', script, mark], { env: { PATH: '/usr/bin:/bin', ...env } })
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    isAlive: () => processesWith(mark).length > 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

test('a detached grandchild that ignores SIGTERM is gone when a cancel is answered; strangers stay', async () => {
  const mark = `detached-${process.pid}-a`
  await using fake = await createFakeYtDlp(detaching(mark, forever))
  await using other = await startBystander(`bystander-${process.pid}-a`, {
    BARKEEP_IMPORT_RUN: '00000000-0000-4000-8000-000000000000',
  })
  await using unmarked = await startBystander(`bystander-${process.pid}-b`, {})
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const id = await imports.start('/watch/a', { type: 'video' })
  await imports.waitFor(id, (task) => task.title === 'Detached')
  expect(processesWith(mark)).toHaveLength(1)

  await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect(processesWith(mark)).toEqual([])
  expect(processesWith(fake.path)).toEqual([])
  expect([other.isAlive(), unmarked.isAlive()]).toEqual([true, true])
  await imports.expectNoLeftovers()
})

test.each([
  ['fails', 'echo "ERROR: no" >&2; exit 1', 'failed'],
  ['ends well', 'cp "$FILM" video.mp4', 'completed'],
])('a detached grandchild is gone when yt-dlp %s', async (_how, then, state) => {
  const mark = `detached-${process.pid}-${state}`
  await using fake = await createFakeYtDlp(detaching(mark, then))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  expect(await imports.run('/watch/a', { type: 'video' })).toMatchObject({ state })
  expect(processesWith(mark)).toEqual([])
  // What is listed is told before the work folder is taken away.
  await imports.expectNoLeftovers()
})

/** A server of its own with an import that has a detached grandchild named `mark`. */
async function startDetached(mark: string, fake: { path: string }, dataFolder: string) {
  const settings = {
    ...{ BARKEEP_DATA: dataFolder, BARKEEP_RATE_LIMIT: '1000000' },
    BARKEEP_YT_DLP: fake.path,
  }
  const server = startServerProcess(settings)
  const key = await server.firstKey
  const client = await importClientOf(server, key)
  const id = await client.start({ url: 'http://example.com/', type: 'video' })
  await client.waitFor(id, (task) => task.title === 'Detached')
  expect(processesWith(mark)).toHaveLength(1)
  return { server, settings, id, key }
}

test('telling the server to end ends a detached grandchild', async () => {
  const mark = `detached-${process.pid}-term`
  await using fake = await createFakeYtDlp(detaching(mark, forever))
  await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-detached-'))
  const { server } = await startDetached(mark, fake, data.path)
  await using _server = server
  expect(await server.end('SIGTERM')).toBe(0)
  expect(processesWith(mark)).toEqual([])
  expect(processesWith(fake.path)).toEqual([])
})

test('after a server that was killed, yt-dlp is gone at once and a detached grandchild at the next start', async () => {
  const mark = `detached-${process.pid}-kill`
  await using fake = await createFakeYtDlp(detaching(mark, forever))
  await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-detached-'))
  const { server, settings, id, key } = await startDetached(mark, fake, data.path)
  await using _server = server
  const [before] = processesWith(mark)
  await server.end('SIGKILL')
  await vi.waitFor(() => expect(processesWith(fake.path)).toEqual([]), 30_000)
  // The control: nobody else ends it.
  expect(processesWith(mark)).toEqual([before])

  await using next = startServerProcess(settings)
  const client = await importClientOf(next, key)
  expect(processesWith(mark)).not.toContain(before)
  await client.cancel(id)
  expect(processesWith(mark)).toEqual([])
})
