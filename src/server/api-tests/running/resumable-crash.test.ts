import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'
import { blobPaths, countListedFiles, stagedPaths } from '#server/testing/test-store.ts'
import {
  askTus,
  beginAt,
  fileOf,
  offsetOf,
  sendPart,
  sha256,
  someBytes,
} from '#server/testing/tus-client.ts'

vi.setConfig({ testTimeout: 120_000 })

const size = 2_000_000
const half = 1_200_000

test('a server that is killed while parts become files has each file once, whole, in the end', async () => {
  await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-resumable-crash-'))
  const stored = { dataFolder: data.path }
  const settings = { BARKEEP_DATA: data.path, BARKEEP_RATE_LIMIT: '1000000' }
  await using killed = startServerProcess(settings)
  const before = { origin: await killed.origin, key: await killed.firstKey }
  const uploads = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const name = `${index}.mov`
      const bytes = someBytes(size)
      const at = await beginAt(before, { name, size })
      await sendPart(before, at, { offset: 0, bytes: bytes.subarray(0, half) })
      return { at, name, bytes }
    }),
  )
  const ends = uploads.map(({ at, bytes }) =>
    sendPart(before, at, { offset: half, bytes: bytes.subarray(half) }),
  )
  // The first is a file: others are at any step on the way there.
  await Promise.race(ends)
  await killed.end('SIGKILL')
  await Promise.allSettled(ends)
  // The control: it was killed in the middle.
  const listed = await countListedFiles(stored)
  expect(listed).toBeGreaterThan(0)
  expect(listed).toBeLessThan(uploads.length)

  await using server = startServerProcess(settings)
  const to = { origin: await server.origin, key: before.key }
  for (const { at, name, bytes } of uploads) {
    const offset = await offsetOf(to, at)
    expect(offset).toBeGreaterThanOrEqual(half)
    if (offset < size) await sendPart(to, at, { offset, bytes: bytes.subarray(offset) })
    // Asked twice, it is the same file.
    for (let time = 0; time < 2; time += 1) {
      const file = fileOf(await askTus(to, 'HEAD', at))
      expect(file).toMatchObject({ file_name: name, sha256: sha256(bytes) })
    }
  }
  const headers = { authorization: `Bearer ${to.key}` }
  const reply = await fetch(`${to.origin}/api/v1/files?limit=100`, { headers })
  const { files } = filesReply.parse(await reply.json())
  expect(files.map(({ name }) => name)).toEqual(uploads.map(({ name }) => name))
  for (const { name, bytes } of uploads) {
    const { link = '' } = files.find((file) => file.name === name) ?? {}
    expect(sha256(await (await fetch(link)).bytes())).toBe(sha256(bytes))
  }
  expect(await blobPaths(stored)).toHaveLength(uploads.length)
  expect(await stagedPaths(stored)).toEqual([])
})
