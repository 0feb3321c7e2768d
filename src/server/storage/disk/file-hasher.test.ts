import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { createFileHasher, type Digests, type FileHasher } from './file-hasher.ts'

async function hashOf(hasher: FileHasher, text: string): Promise<Digests> {
  const hash = hasher.start()
  await hash.add([new TextEncoder().encode(text)])
  return await hash.digests()
}

const digestsOf = (text: string): Digests => ({
  sha256: createHash('sha256').update(text).digest('hex'),
  crc32: crc32(text),
})

test('hashes that run at the same time do not mix', async () => {
  const hasher = createFileHasher()
  const texts = ['', 'abc', 'x'.repeat(65_536), 'x'.repeat(65_537), 'x'.repeat(1_000_000)]
  expect(await Promise.all(texts.map((text) => hashOf(hasher, text)))).toEqual(texts.map(digestsOf))
  await hasher.close()
})

test('a view on memory that others use leaves the rest of it alone', async () => {
  const hasher = createFileHasher()
  const shared = new TextEncoder().encode('--abc--')
  const hash = hasher.start()
  await hash.add([shared.subarray(2, 5)])
  expect(await hash.digests()).toEqual(digestsOf('abc'))
  expect(new TextDecoder().decode(shared)).toBe('--abc--')
  await hasher.close()
})

test('a file that grows past what is hashed here keeps what came before', async () => {
  const hasher = createFileHasher()
  const hash = hasher.start()
  const pieces = ['x'.repeat(40_000), 'y'.repeat(40_000), 'z']
  for (const piece of pieces) await hash.add([new TextEncoder().encode(piece)])
  expect(await hash.digests()).toEqual(digestsOf(pieces.join('')))
  await hasher.close()
})

test('a thread that ends fails what it was hashing, and the next hash works', async () => {
  const hasher = createFileHasher()
  const lost = hasher.start()
  await lost.add([new Uint8Array(100_000)])
  // Long enough for the thread to end in the middle of it.
  const adding = expect(lost.add([new Uint8Array(100_000_000)])).rejects.toMatchObject({
    code: 'unavailable',
  })
  await hasher.close()
  await adding
  await expect(lost.digests()).rejects.toMatchObject({ code: 'unavailable' })
  expect(await hashOf(hasher, 'abc')).toEqual(digestsOf('abc'))
  await hasher.close()
})
