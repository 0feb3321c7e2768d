import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { describeListing } from './describe-listing.ts'
import { mostEntries, readZip, ZipFailure } from './read-zip.ts'

const never = new AbortController().signal

/** Serves `bytes` with Range, as one file among zeros: `size` and what was asked for can be told. */
async function serve(tail: Buffer, zerosBefore = 0) {
  const size = zerosBefore + tail.length
  const asked: [from: number, length: number][] = []
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const [from, to] = [Number(first), Math.min(Number(last), size - 1)]
    asked.push([from, to - from + 1])
    const zeros = Buffer.alloc(Math.max(0, Math.min(to + 1, zerosBefore) - from))
    const rest = tail.subarray(Math.max(0, from - zerosBefore), Math.max(0, to + 1 - zerosBefore))
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${size}` })
    response.end(Buffer.concat([zeros, rest]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.zip`
  return {
    asked,
    read: () => readZip(link, size, never),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

type Named = { name: Buffer | string; size?: number; flags?: number; extra?: Buffer }

/** One record of a directory. */
function record({ name, size = 5, flags = 0x800, extra = Buffer.alloc(0) }: Named): Buffer {
  const bytes = Buffer.from(name)
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x02014b50, 0)
  head.writeUInt16LE(20, 6)
  head.writeUInt16LE(flags, 8)
  head.writeUInt16LE(8, 10)
  head.writeUInt16LE((12 << 11) | (30 << 5), 12)
  head.writeUInt16LE(((2024 - 1980) << 9) | (6 << 5) | 25, 14)
  head.writeUInt32LE(3, 20)
  head.writeUInt32LE(size, 24)
  head.writeUInt16LE(bytes.length, 28)
  head.writeUInt16LE(extra.length, 30)
  return Buffer.concat([head, bytes, extra])
}

/** The end of an archive; `claims` replaces what is true of it. */
function end(count: number, length: number, offset: number, comment = ''): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(Math.min(count, 0xffff), 8)
  bytes.writeUInt16LE(Math.min(count, 0xffff), 10)
  bytes.writeUInt32LE(Math.min(length, 0xffffffff), 12)
  bytes.writeUInt32LE(Math.min(offset, 0xffffffff), 16)
  bytes.writeUInt16LE(comment.length, 20)
  return Buffer.concat([bytes, Buffer.from(comment)])
}

/** What goes before the end where its numbers are too small. */
function end64(count: bigint, length: bigint, offset: bigint, at: bigint): Buffer {
  const bytes = Buffer.alloc(76)
  bytes.writeUInt32LE(0x06064b50, 0)
  bytes.writeBigUInt64LE(44n, 4)
  bytes.writeUInt16LE(45, 12)
  bytes.writeUInt16LE(45, 14)
  bytes.writeBigUInt64LE(count, 24)
  bytes.writeBigUInt64LE(count, 32)
  bytes.writeBigUInt64LE(length, 40)
  bytes.writeBigUInt64LE(offset, 48)
  bytes.writeUInt32LE(0x07064b50, 56)
  bytes.writeBigUInt64LE(at, 64)
  bytes.writeUInt32LE(1, 72)
  return bytes
}

function archive(entries: readonly Named[], zerosBefore = 0): Buffer {
  const directory = Buffer.concat(entries.map(record))
  return Buffer.concat([directory, end(entries.length, directory.length, zerosBefore)])
}

describe('what a zip holds', () => {
  test('is read from its end alone, with names in any writing', async () => {
    const cp437 = { name: Buffer.from([0x47, 0x72, 0x81, 0xe1, 0x65]), flags: 0 }
    const entries = [{ name: 'Ordner/' }, { name: 'Ordner/世界.txt', size: 12 }, cp437]
    await using server = await serve(archive(entries, 50_000_000), 50_000_000)
    const listing = await server.read()
    expect(listing).toMatchObject({
      isCut: false,
      entries: [
        { path: 'Ordner/', isFolder: true },
        { path: 'Ordner/世界.txt', isFolder: false, size: 12, isEncrypted: false },
        { path: 'Grüße' },
      ],
    })
    expect(listing.entries[1]?.modifiedAt).toMatch(/^2024-06-2/)
    expect(server.asked.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(140_000)
  })

  test('with a comment, with sizes of more than 4 GB, and behind a program that unpacks it', async () => {
    const extra = Buffer.alloc(12)
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(8, 2)
    extra.writeBigUInt64LE(50_000_000_000n, 4)
    const directory = record({ name: 'film.mkv', size: 0xffffffff, extra })
    const before = 1000
    const at = BigInt(before + directory.length)
    const bytes = Buffer.concat([
      directory,
      end64(1n, BigInt(directory.length), BigInt(before), at),
      end(0xffff, 0xffffffff, 0xffffffff, 'made by hand'),
    ])
    await using server = await serve(bytes, before)
    expect((await server.read()).entries).toMatchObject([
      { path: 'film.mkv', size: 50_000_000_000 },
    ])
  })

  test('a directory larger than the end that was read takes one more request', async () => {
    const entries = Array.from({ length: 5_000 }, (_, at) => ({ name: `folder/file ${at}.txt` }))
    await using server = await serve(archive(entries, 10), 10)
    expect((await server.read()).entries).toHaveLength(5_000)
    expect(server.asked.length).toBeLessThanOrEqual(3)
  })

  test('paths that lead out of a folder are shown as they are', async () => {
    await using server = await serve(archive([{ name: '../../etc/passwd' }, { name: '/a\\b' }]))
    const { entries } = await server.read()
    expect(entries[0]?.path).toBe('../../etc/passwd')
  })
})

describe('hostile archives', () => {
  test('that claim four billion entries', async () => {
    const directory = record({ name: 'a' })
    const at = BigInt(directory.length)
    const bytes = Buffer.concat([
      directory,
      end64(4_000_000_000n, BigInt(directory.length), 0n, at),
      end(0xffff, 0xffffffff, 0xffffffff),
    ])
    await using server = await serve(bytes)
    await expect(server.read()).rejects.toThrow(ZipFailure)
  })

  test('that claim a directory of gigabytes', async () => {
    const bytes = end(10, 0xfffffff0, 0)
    await using server = await serve(bytes, 4_300_000_000)
    await expect(server.read()).rejects.toThrow(ZipFailure)
    expect(server.asked.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(400_000)
  })

  test('with more entries than anybody reads are cut', async () => {
    const entries = Array.from({ length: mostEntries + 10 }, (_, at) => ({ name: `${at}` }))
    const directory = Buffer.concat(entries.map(record))
    await using server = await serve(Buffer.concat([directory, end(0xfffe, directory.length, 0)]))
    const { entries: read, isCut } = await server.read()
    expect([read.length, isCut]).toEqual([mostEntries, true])
  })

  test.each([
    [
      'no zip',
      Buffer.from('hello '.repeat(1000)),
      'This is no zip archive, or its end is missing.',
    ],
    ['nothing', Buffer.from('x'), 'This is no zip archive, or its end is missing.'],
    [
      'a directory of rubbish',
      Buffer.concat([Buffer.alloc(100, 7), end(2, 100, 0)]),
      /damaged|no zip/,
    ],
  ])('%s', async (_, bytes, words) => {
    await using server = await serve(bytes)
    await expect(server.read()).rejects.toThrow(words)
  })

  test('a bomb is told by what it claims', () => {
    const file = { path: 'a', isFolder: false, modifiedAt: null, isEncrypted: false }
    const bomb = { entries: [{ ...file, size: 4_500_000_000_000_000 }], isCut: false }
    expect(describeListing(bomb, 42_374)).toBe(
      '1 file, 4.5 PB unpacked. That is over 500 times the size of the archive: it may be made to fill a disk.',
    )
    const honest = { entries: [{ ...file, size: 5_000 }], isCut: true }
    expect(describeListing(honest, 2_000)).toBe('More than 1 file, 5 KB unpacked.')
  })
})
