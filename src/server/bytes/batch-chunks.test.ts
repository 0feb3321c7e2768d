import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { batchChunks } from './batch-chunks.ts'

const unwatched = { signal: new AbortController().signal, note: () => {}, hold: () => {} }

test('every byte arrives once and in order, in batches larger than the chunks', async () => {
  const chunks = Array.from({ length: 100 }, (_, index) => Buffer.alloc(64 * 1024, index))
  const batches: Uint8Array[][] = []
  for await (const batch of batchChunks(Readable.from(chunks))) batches.push(batch)
  expect(Buffer.concat(batches.flat()).equals(Buffer.concat(chunks))).toBe(true)
  expect(batches.length).toBeLessThan(10)
})

test('many small chunks come as few pieces, in their order among large ones', async () => {
  const sizes = Array.from({ length: 30_000 }, (_, index) => (index % 1000 === 0 ? 5_000 : 1))
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index))
  const pieces: Uint8Array[] = []
  for await (const batch of batchChunks(Readable.from(chunks))) pieces.push(...batch)
  expect(Buffer.concat(pieces).equals(Buffer.concat(chunks))).toBe(true)
  expect(pieces.length).toBeLessThan(100)
})

test('what came before the stream broke is handed out before its error', async () => {
  const stream = new PassThrough()
  const batches = batchChunks(stream)
  stream.write('abc')
  const first = batches.next()
  await new Promise(setImmediate)
  stream.destroy(new Error('broken off'))
  expect(Buffer.concat((await first).value ?? []).toString()).toBe('abc')
  await expect(batches.next()).rejects.toThrow('broken off')
})

test('a stream that is closed before its end is no whole one', async () => {
  const stream = new PassThrough()
  const next = batchChunks(stream).next()
  stream.destroy()
  await expect(next).rejects.toThrow()
})

test('an abort ends the wait for a chunk that never comes, and leaves the stream open', async () => {
  const stream = new PassThrough()
  const stop = new AbortController()
  const next = batchChunks(stream, { ...unwatched, signal: stop.signal }).next()
  stop.abort(new Error('too slow'))
  await expect(next).rejects.toThrow('too slow')
  expect(stream.destroyed).toBe(false)
})

test('while nobody takes a batch the stream waits', async () => {
  let made = 0
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      made += 64 * 1024
      this.push(Buffer.alloc(64 * 1024))
    },
  })
  const holds: boolean[] = []
  const batches = batchChunks(stream, { ...unwatched, hold: (isHeld) => holds.push(isHeld) })
  await batches.next()
  for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate)
  // What was taken, and as much again: an endless stream would have made a gigabyte by now.
  expect(made).toBeLessThan(4 * 1024 * 1024)
  expect(holds.at(-1)).toBe(true)
  await batches.next()
  expect(holds.at(-1)).toBe(false)
  await batches.return(undefined)
  stream.destroy()
})
