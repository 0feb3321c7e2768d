import { once } from 'node:events'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type FileBytes, readBytes } from './file-bytes.ts'

const kib = 1024
const size = 3 * kib * kib

async function makeFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-file-bytes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'file'), Buffer.alloc(size, 'abcdefg'))
  return join(folder, 'file')
}

async function openBytes(path: string): Promise<FileBytes> {
  return (await readBytes(await open(path), { first: 0, last: size - 1 })) as FileBytes
}

/** Takes chunks one by one, each when the test says so. */
function createTaker() {
  const waiting: { bytes: number; take(): void }[] = []
  const to = new Writable({
    write(chunk: Buffer, _encoding, take) {
      waiting.push({ bytes: chunk.length, take })
      to.emit('offered')
    },
  })
  return {
    to,
    async next() {
      if (waiting.length === 0) await once(to, 'offered')
      return waiting.shift() as (typeof waiting)[number]
    },
  }
}

function holdTime(): (ms: number) => void {
  let now = 1000
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => spy.mockRestore())
  return (ms) => {
    now += ms
  }
}

test('who takes at once gets large chunks, who is slow small ones', async () => {
  const pass = holdTime()
  const { to, next } = createTaker()
  const bytes = await openBytes(await makeFile())
  bytes.pipe(to)
  const sizes: number[] = []
  for (const waitMs of [0, 0, 500, 0]) {
    const chunk = await next()
    sizes.push(chunk.bytes / kib)
    pass(waitMs)
    chunk.take()
  }
  expect(sizes).toEqual([64, 1024, 1024, 64])
  bytes.destroy()
})

test('of many who stop taking only some hold a large chunk, until they go', async () => {
  holdTime()
  const path = await makeFile()
  const stuck: FileBytes[] = []
  async function secondChunk(): Promise<number> {
    const { to, next } = createTaker()
    const bytes = await openBytes(path)
    stuck.push(bytes)
    bytes.pipe(to)
    ;(await next()).take()
    return (await next()).bytes / kib
  }
  const sizes: number[] = []
  for (let count = 0; count < 20; count += 1) sizes.push(await secondChunk())
  expect(sizes).toEqual([...Array(16).fill(1024), ...Array(4).fill(64)])
  for (const bytes of stuck.slice(0, 2)) {
    const closed = once(bytes, 'close')
    bytes.destroy()
    await closed
  }
  expect([await secondChunk(), await secondChunk(), await secondChunk()]).toEqual([1024, 1024, 64])
  for (const bytes of stuck) bytes.destroy()
})

test('a file that ends too early breaks the answer off, and is closed', async () => {
  const path = await makeFile()
  const bytes = await openBytes(path)
  await truncate(path, 100 * kib)
  const { to, next } = createTaker()
  bytes.pipe(to)
  const failed = once(bytes, 'error')
  ;(await next()).take()
  ;(await next()).take()
  expect(String(await failed)).toContain('shorter')
  expect(to.writableEnded).toBe(false)
})
