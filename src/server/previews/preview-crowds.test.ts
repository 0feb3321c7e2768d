import { chmod, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { hugePng, linkOf, photo } from '#server/testing/test-media.ts'
import { type PreviewLimits, previewLimits } from './previews.ts'

/** Programs in the place of ffmpeg and ffprobe that write into `log` when they begin and end. */
async function startWithFake(script: string, limits: Partial<PreviewLimits> = {}) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-ffmpeg-'))
  const log = join(folder.path, 'log')
  await writeFile(log, '')
  const text = `#!/bin/sh
[ "$1" = -version ] && exit 0
echo begin >> ${log}
${script}
echo end >> ${log}
exit 1
`
  for (const name of ['ffmpeg', 'ffprobe']) {
    await writeFile(join(folder.path, name), text)
    await chmod(join(folder.path, name), 0o700)
  }
  const server = await startTestServer({
    config: { ffmpeg: join(folder.path, 'ffmpeg') },
    dependencies: { previewLimits: { ...previewLimits, ...limits } },
  })
  return {
    server,
    lines: async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const forever = 'while :; do sleep 1; done'
/** Looks like the start of an MP4 and is none. */
const clip = (name: string) => `xxxxftypisom${name}`.padEnd(600, '\0')

test('of many asked for at once two are made at a time, and the same one once', async () => {
  await using fake = await startWithFake('sleep 0.2')
  const links = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((name) => linkOf(fake.server, `${name}.mp4`, clip(name))),
  )
  const all = [...links, ...links].map((link) => fetch(`${link}?thumbnail=small`))
  const statuses = (await Promise.all(all)).map(({ status }) => status)
  expect(statuses).toEqual(all.map(() => 404))
  const lines = await fake.lines()
  expect(lines.filter((line) => line === 'begin')).toHaveLength(5)
  let running = 0
  const counts = lines.map((line) => (running += line === 'begin' ? 1 : -1))
  expect(Math.max(...counts)).toBe(2)
})

test('an ffmpeg that never ends is ended, and not tried again for a while', async () => {
  const media = { ...previewLimits.media, timeoutMs: 500 }
  await using fake = await startWithFake(forever, { media })
  const link = `${await linkOf(fake.server, 'a.mp4', clip('a'))}?thumbnail=small`
  expect((await fetch(link)).status).toBe(404)
  expect((await fetch(link)).status).toBe(404)
  expect(await fake.lines()).toEqual(['begin'])
  expect((await readdir(join(fake.server.dataFolder, 'work'))).length).toBe(0)
})

test('whoever goes away gives up their place; while all are taken others are told to wait', async () => {
  const media = { ...previewLimits.media, timeoutMs: 3_600_000 }
  await using fake = await startWithFake(forever, { media, atOnce: 1, maxWaiting: 0 })
  const film = await linkOf(fake.server, 'a.mp4', clip('a'))
  const picture = `${await linkOf(fake.server, 'b.jpg', await photo(80, 60))}?thumbnail=small`
  const leaving = new AbortController()
  const left = fetch(`${film}?thumbnail=small`, { signal: leaving.signal })
  left.catch(() => undefined)
  await vi.waitFor(async () => expect(await fake.lines()).toEqual(['begin']), 30_000)
  const busy = await fetch(picture)
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2'])
  leaving.abort()
  await vi.waitFor(async () => expect((await fetch(picture)).status).toBe(200), 30_000)
})

/** Processes of this one that decode pictures. */
async function pictureProcesses(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(join('/proc', pid, file), 'utf8').catch(() => '')
      const isOurs = (await read('stat')).split(') ')[1]?.split(' ')[1] === String(process.pid)
      return isOurs && (await read('cmdline')).includes('picture-process.js') ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

test('a process that is killed over a picture takes nothing with it', async () => {
  await using server = await startTestServer()
  const large = await linkOf(server, 'a.png', hugePng(9_990, 9_990, { isInterlaced: true }))
  const reply = fetch(`${large}?thumbnail=large`)
  const pids = await vi.waitFor(async () => {
    const found = await pictureProcesses()
    expect(found).toHaveLength(1)
    return found
  }, 30_000)
  process.kill(pids[0] ?? 0, 'SIGKILL')
  expect((await reply).status).toBe(404)
  const next = await linkOf(server, 'b.jpg', await photo(80, 60))
  expect((await fetch(`${next}?thumbnail=small`)).status).toBe(200)
  await server.end()
  expect(await pictureProcesses()).toEqual([])
  await server.start()
})
