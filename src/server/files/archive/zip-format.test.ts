import { type Uint8ArrayReader, ZipReader } from '@zip.js/zip.js'
import { expect, test } from 'vitest'
import {
  directoryRecord,
  directoryRecordSize,
  endRecords,
  localHeader,
  localHeaderSize,
  type ZipEntry,
} from './zip-format.ts'

const entry = (name: string, more: Partial<ZipEntry> = {}): ZipEntry => ({
  ...{ name: Buffer.from(name), isFolder: name.endsWith('/'), size: 0 },
  ...{ modifiedAt: Date.UTC(2026, 10, 29, 12, 30, 15), ...more },
})

/** Reads the directory of a zip with these entries at these places, without any bytes of files. */
async function readDirectory(entries: [ZipEntry, number][], directoryAt: number) {
  const records = entries.map(([one, at]) => directoryRecord(one, 7, at))
  const directorySize = records.reduce((sum, { length }) => sum + length, 0)
  const end = endRecords({ entries: entries.length, directoryAt, directorySize })
  const directory = Buffer.concat([...records, end])
  const reader = new ZipReader({
    size: directoryAt + directory.length,
    async readUint8Array(index: number, length: number) {
      const first = index - directoryAt
      const bytes = new Uint8Array(length)
      const told = directory.subarray(Math.max(0, first), Math.max(0, first + length))
      bytes.set(told, Math.max(0, -first))
      return bytes
    },
  } as unknown as Uint8ArrayReader)
  return await reader.getEntries()
}

const gib = 1024 ** 3

test.each([
  ['a small file', 5, 0],
  ['one byte short of what 32 bits say', 4 * gib - 2, 0],
  ['what 32 bits cannot say', 4 * gib - 1, 0],
  ['a large file', 50 * gib, 100],
  ['a place that 32 bits cannot say', 5, 4 * gib - 1],
  ['both', 6 * gib, 9 * gib],
])('%s is told as it is', async (_what, size, at) => {
  const one = entry('Fölms/a 漢.mp4', { size })
  expect(localHeader(one, 7)).toHaveLength(localHeaderSize(one))
  expect(directoryRecord(one, 7, at)).toHaveLength(directoryRecordSize(one, at))
  const [read] = await readDirectory([[one, at]], at + size + localHeaderSize(one))
  expect(read).toMatchObject({
    ...{ filename: 'Fölms/a 漢.mp4', uncompressedSize: size, compressedSize: size, offset: at },
    ...{ signature: 7, directory: false, encrypted: false, filenameUTF8: true },
  })
  expect(read?.lastModDate.getTime()).toBe(one.modifiedAt)
})

test('more entries than 16 bits count', async () => {
  const entries = Array.from({ length: 70_000 }, (_, index): [ZipEntry, number] => [
    entry(`${index}/`),
    index,
  ])
  const read = await readDirectory(entries, 70_000)
  expect(read).toHaveLength(70_000)
  expect(read.at(-1)).toMatchObject({ filename: '69999/', directory: true, offset: 69_999 })
})

test.each([
  [Date.UTC(1970, 0, 1), Date.UTC(1970, 0, 1)],
  [-5, 0],
  [Date.UTC(2200, 0, 1), 0x7fffffff * 1000],
  [Number.NaN, 0],
])('a time of %d breaks nothing', (modifiedAt, told) => {
  const bytes = Buffer.from(localHeader(entry('a', { modifiedAt }), 0))
  expect(bytes.readInt32LE(bytes.length - 4) * 1000).toBe(told)
})
