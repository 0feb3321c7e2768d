import { describe, expect, test, vi } from 'vitest'
import { describeListing } from './describe-listing.ts'
import { mostEntries, readZip, ZipFailure } from './read-zip.ts'

const never = new AbortController().signal

/** Serves `tail` with Range, as one file behind zeros; what was asked for can be told. */
function serve(tail: Bytes, zerosBefore = 0) {
  const size = zerosBefore + tail.length
  const asked: [from: number, length: number][] = []
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
    const range = new Headers(headers).get('range') ?? ''
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
    const [from, to] = [Number(first), Math.min(Number(last), size - 1)]
    asked.push([from, to - from + 1])
    const zeros = new Uint8Array(Math.max(0, Math.min(to + 1, zerosBefore) - from))
    const rest = tail.subarray(Math.max(0, from - zerosBefore), Math.max(0, to + 1 - zerosBefore))
    const told = { 'content-range': `bytes ${from}-${to}/${size}` }
    return new Response(join(zeros, rest), { status: 206, headers: told })
  })
  return { asked, read: () => readZip('https://files.example/a.zip', size, never) }
}

type Bytes = Uint8Array<ArrayBuffer>

function join(...parts: Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const encode = (text: string): Bytes => new TextEncoder().encode(text)

/** Numbers of so many bytes each, the lowest byte first. */
function numbers(...fields: (readonly [bytes: number, value: number | bigint])[]): Bytes {
  return join(
    ...fields.map(([bytes, value]) =>
      Uint8Array.from({ length: bytes }, (_, at) =>
        Number((BigInt(value) >> BigInt(8 * at)) & 255n),
      ),
    ),
  )
}

type Named = { name: Bytes | string; size?: number; flags?: number; extra?: Bytes }

const [time, day] = [(12 << 11) | (30 << 5), ((2024 - 1980) << 9) | (6 << 5) | 25]

/** One record of a directory. */
function record({ name, size = 5, flags = 0x800, extra = new Uint8Array() }: Named): Bytes {
  const bytes = typeof name === 'string' ? encode(name) : name
  const head = numbers(
    ...([
      [4, 0x02014b50],
      [2, 0],
      [2, 20],
      [2, flags],
      [2, 8],
    ] as const),
    ...([
      [2, time],
      [2, day],
      [4, 0],
      [4, 3],
      [4, size],
    ] as const),
    ...([
      [2, bytes.length],
      [2, extra.length],
      [14, 0],
    ] as const),
  )
  return join(head, bytes, extra)
}

/** The end of an archive, which may claim anything. */
function end(count: number, length: number, offset: number, comment = ''): Bytes {
  const few = Math.min(count, 0xffff)
  const head = numbers(
    ...([
      [4, 0x06054b50],
      [4, 0],
      [2, few],
      [2, few],
    ] as const),
    ...([
      [4, Math.min(length, 0xffffffff)],
      [4, Math.min(offset, 0xffffffff)],
    ] as const),
    [2, comment.length],
  )
  return join(head, encode(comment))
}

/** What goes before the end where its numbers are too small. */
function end64(count: bigint, length: bigint, offset: bigint, at: bigint): Bytes {
  return numbers(
    ...([
      [4, 0x06064b50],
      [8, 44],
      [2, 45],
      [2, 45],
      [8, 0],
    ] as const),
    ...([
      [8, count],
      [8, count],
      [8, length],
      [8, offset],
    ] as const),
    ...([
      [4, 0x07064b50],
      [4, 0],
      [8, at],
      [4, 1],
    ] as const),
  )
}

function archive(entries: readonly Named[], zerosBefore = 0): Bytes {
  const directory = join(...entries.map(record))
  return join(directory, end(entries.length, directory.length, zerosBefore))
}

describe('what a zip holds', () => {
  test('is read from its end alone, with names in any writing', async () => {
    const cp437 = { name: Uint8Array.of(0x47, 0x72, 0x81, 0xe1, 0x65), flags: 0 }
    const entries = [{ name: 'Ordner/' }, { name: 'Ordner/世界.txt', size: 12 }, cp437]
    const server = serve(archive(entries, 50_000_000), 50_000_000)
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
    const extra = numbers([2, 1], [2, 8], [8, 50_000_000_000n])
    const directory = record({ name: 'film.mkv', size: 0xffffffff, extra })
    const before = 1000
    const at = BigInt(before + directory.length)
    const bytes = join(
      directory,
      end64(1n, BigInt(directory.length), BigInt(before), at),
      end(0xffff, 0xffffffff, 0xffffffff, 'made by hand'),
    )
    const server = serve(bytes, before)
    expect((await server.read()).entries).toMatchObject([
      { path: 'film.mkv', size: 50_000_000_000 },
    ])
  })

  test('a directory larger than the end that was read takes one more request', async () => {
    const entries = Array.from({ length: 5_000 }, (_, at) => ({ name: `folder/file ${at}.txt` }))
    const server = serve(archive(entries, 10), 10)
    expect((await server.read()).entries).toHaveLength(5_000)
    expect(server.asked.length).toBeLessThanOrEqual(3)
  })

  test('paths that lead out of a folder are shown as they are', async () => {
    const server = serve(archive([{ name: '../../etc/passwd' }, { name: '/a\\b' }]))
    const { entries } = await server.read()
    expect(entries[0]?.path).toBe('../../etc/passwd')
  })
})

describe('hostile archives', () => {
  test('that claim four billion entries', async () => {
    const directory = record({ name: 'a' })
    const at = BigInt(directory.length)
    const bytes = join(
      directory,
      end64(4_000_000_000n, BigInt(directory.length), 0n, at),
      end(0xffff, 0xffffffff, 0xffffffff),
    )
    const server = serve(bytes)
    await expect(server.read()).rejects.toThrow(ZipFailure)
  })

  test('that claim a directory of gigabytes', async () => {
    const bytes = end(10, 0xfffffff0, 0)
    const server = serve(bytes, 4_300_000_000)
    await expect(server.read()).rejects.toThrow(ZipFailure)
    expect(server.asked.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(400_000)
  })

  test('with more entries than anybody reads are cut', async () => {
    const entries = Array.from({ length: mostEntries + 10 }, (_, at) => ({ name: `${at}` }))
    const directory = join(...entries.map(record))
    const server = serve(join(directory, end(0xfffe, directory.length, 0)))
    const { entries: read, isCut } = await server.read()
    expect([read.length, isCut]).toEqual([mostEntries, true])
  })

  test.each([
    ['no zip', encode('hello '.repeat(1000)), 'This is no zip archive, or its end is missing.'],
    ['nothing', encode('x'), 'This is no zip archive, or its end is missing.'],
    ['a directory of rubbish', join(new Uint8Array(100).fill(7), end(2, 100, 0)), /damaged|no zip/],
  ])('%s', async (_, bytes, words) => {
    const server = serve(bytes)
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
