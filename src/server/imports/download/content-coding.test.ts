import { randomBytes } from 'node:crypto'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { expect, test } from 'vitest'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startTestSource } from '#server/testing/imports/source.ts'
import { testFileBytes } from '#server/testing/imports/video-files.ts'

const plain = Buffer.concat([Buffer.from('id;name\n'.repeat(40_000)), testFileBytes(0, 200_000)])

type Answer = { name?: string; encoding: string; bytes: Buffer; type?: string }

/** What each of these answers is stored as, or why it is not. */
async function importAll(answers: readonly Answer[], uploadMaxBytes?: number) {
  await using source = await startTestSource((outgoing, incoming) => {
    const { encoding, bytes, type } = answers[Number(incoming.url?.split('/')[1])] as Answer
    const headers = { 'content-encoding': encoding, 'content-type': type ?? 'text/csv' }
    outgoing.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
  })
  await using imports = await startTestImportServer({
    config: { importAllow: [source.host], ...(uploadMaxBytes && { uploadMaxBytes }) },
  })
  const stored = await Promise.all(
    answers.map(async ({ name = 'a.csv' }, index) => {
      const task = await imports.run(`${source.origin}/${index}/${name}`, { type: 'file' })
      if (task.link === undefined) return task.error
      return Buffer.from(await (await fetch(task.link)).arrayBuffer())
    }),
  )
  await imports.expectNoLeftovers()
  return stored
}

/** Whether each was stored as these bytes. */
const areStoredAs = async (bytes: Buffer, answers: readonly Answer[]) =>
  (await importAll(answers)).map((stored) => Buffer.isBuffer(stored) && stored.equals(bytes))

test('plain bytes under a word that is no compression are the file', async () => {
  const words = ['UTF-8', 'none', 'identity', 'identity, identity', 'binary', ' Identity ']
  const answers = [...words, '', 'x-unknown', ' , '].map((encoding) => ({ encoding, bytes: plain }))
  expect(await areStoredAs(plain, answers)).toEqual(answers.map(() => true))
})

const noise = randomBytes(100_000)
const twice = gzipSync(gzipSync(plain))

test('a file that comes compressed is unpacked, as browsers do', async () => {
  const answers = [
    { encoding: 'gzip', bytes: gzipSync(plain) },
    { encoding: 'X-GZIP', bytes: gzipSync(plain) },
    { encoding: 'deflate', bytes: deflateSync(plain) },
    { encoding: 'deflate', bytes: deflateRawSync(plain) },
    { encoding: 'br', bytes: brotliCompressSync(plain) },
    { encoding: 'zstd', bytes: zstdCompressSync(plain) },
    { encoding: 'identity, gzip', bytes: gzipSync(plain) },
    { encoding: 'gzip, gzip', bytes: twice },
  ]
  expect(await areStoredAs(plain, answers)).toEqual(answers.map(() => true))
})

test('bytes that are not what the header says are the file', async () => {
  const answers = ['gzip', 'zstd'].map((encoding) => ({ encoding, bytes: plain }))
  expect(await areStoredAs(plain, answers)).toEqual([true, true])
})

test('an archive stays one', async () => {
  const bytes = gzipSync(plain)
  const answers = [
    { name: 'a.csv.gz', encoding: 'gzip', bytes },
    { name: 'archive', type: 'application/gzip', encoding: 'gzip', bytes },
  ]
  expect(await areStoredAs(bytes, answers)).toEqual([true, true])
})

test('what cannot be unpacked is told in true words, and leaves nothing', async () => {
  const damaged = 'The site sent the file compressed, and what it sent is damaged.'
  const trap =
    'The site sends that file compressed, and it unpacks to more than 250 times its size, as traps do.'
  const told: [Answer, string][] = [
    [{ encoding: 'gzip', bytes: gzipSync(noise).fill(7, 2_000, 3_000) }, damaged],
    [{ encoding: 'br', bytes: brotliCompressSync(noise).subarray(0, 50_000) }, damaged],
    [{ encoding: 'br', bytes: plain }, damaged],
    [{ encoding: 'deflate', bytes: plain }, damaged],
    [{ encoding: 'gzip, gzip', bytes: gzipSync(gzipSync(Buffer.alloc(90_000_000))) }, trap],
    [
      { encoding: 'gzip, gzip, gzip', bytes: gzipSync(twice) },
      'The site sends that file compressed in a way that this server does not unpack.',
    ],
  ]
  expect(await importAll(told.map(([answer]) => answer))).toEqual(told.map(([, words]) => words))
})

test('what unpacks to more than may be stored is too large', async () => {
  const answer = { encoding: 'zstd', bytes: zstdCompressSync(Buffer.alloc(3_000_000)) }
  expect(await importAll([answer], 1_000_000)).toEqual(['It is larger than this server accepts.'])
})

test('a compressed file whose connection breaks goes on by Range', async () => {
  const bytes = gzipSync(testFileBytes(0, 400_000))
  const half = Math.floor(bytes.length / 2)
  await using source = await startTestSource((outgoing, incoming) => {
    const headers = { etag: '"1"', 'content-encoding': 'gzip' }
    if (incoming.headers.range !== undefined) {
      const start = Number(/\d+/.exec(incoming.headers.range)?.[0])
      const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
      outgoing.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(start))
      return
    }
    outgoing.writeHead(200, { ...headers, 'content-length': bytes.length })
    outgoing.write(bytes.subarray(0, half), () => setTimeout(() => outgoing.destroy(), 1_000))
  })
  await using imports = await startTestImportServer({ config: { importAllow: [source.host] } })
  const task = await imports.run(`${source.origin}/a.bin`, { type: 'file' })
  const stored = Buffer.from(await (await fetch(task.link ?? '')).arrayBuffer())
  expect(stored.equals(testFileBytes(0, 400_000))).toBe(true)
  expect(source.requests.length).toBeGreaterThan(1)
})
