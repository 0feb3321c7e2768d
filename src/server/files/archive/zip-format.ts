/**
 * The parts of a zip whose files are stored as they are (PKWARE's APPNOTE 6.3): each has a length that
 * is known before any byte is read, so that the whole can be sent in ranges.
 */

/** `name` in UTF-8, without a slash at its start; of a folder with one at its end. */
export type ZipEntry = {
  name: Uint8Array
  isFolder: boolean
  /** Bytes; 0 of a folder. */
  size: number
  /** Epoch milliseconds. */
  modifiedAt: number
}

const max16 = 0xffff
const max32 = 0xffffffff
const utf8Names = 0x0800
/** Unix, for the permissions; of the format 4.5, which has zip64. */
const madeBy = (3 << 8) | 45
const timeLength = 9
const localLength = 30
const recordLength = 46

/** Bytes that go before an entry's own. */
export function localHeaderSize(entry: ZipEntry): number {
  return localLength + entry.name.length + timeLength + (isLarge(entry) ? 20 : 0)
}

/** @param crc of the entry's bytes, 0 of a folder */
export function localHeader(entry: ZipEntry, crc: number): Uint8Array {
  const bytes = Buffer.alloc(localHeaderSize(entry))
  bytes.writeUInt32LE(0x04034b50, 0)
  bytes.writeUInt16LE(isLarge(entry) ? 45 : 20, 4)
  writeCommon(bytes, 6, entry, crc)
  bytes.set(entry.name, localLength)
  let at = localLength + entry.name.length
  if (isLarge(entry)) at = writeZip64(bytes, at, [entry.size, entry.size])
  writeTime(bytes, at, entry)
  bytes.writeUInt16LE(bytes.length - localLength - entry.name.length, 28)
  return bytes
}

/** Bytes of an entry's record in the directory; `at` is where its local header begins. */
export function directoryRecordSize(entry: ZipEntry, at: number): number {
  const wide = wideFields(entry, at)
  return recordLength + entry.name.length + timeLength + (wide.length > 0 ? 4 + 8 * wide.length : 0)
}

export function directoryRecord(entry: ZipEntry, crc: number, at: number): Uint8Array {
  const bytes = Buffer.alloc(directoryRecordSize(entry, at))
  const wide = wideFields(entry, at)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(madeBy, 4)
  bytes.writeUInt16LE(wide.length > 0 ? 45 : 20, 6)
  writeCommon(bytes, 8, entry, crc)
  bytes.writeUInt16LE(bytes.length - recordLength - entry.name.length, 30)
  // What Unix calls the mode, and for a folder the mark of DOS.
  bytes.writeUInt32LE(entry.isFolder ? 0o40755 * 0x10000 + 0x10 : 0o100644 * 0x10000, 38)
  bytes.writeUInt32LE(Math.min(at, max32), 42)
  bytes.set(entry.name, recordLength)
  let next = recordLength + entry.name.length
  if (wide.length > 0) next = writeZip64(bytes, next, wide)
  writeTime(bytes, next, entry)
  return bytes
}

export type DirectoryEnd = { entries: number; directoryAt: number; directorySize: number }

/** What ends the zip; in zip64 where a number needs it. */
export function endRecords({ entries, directoryAt, directorySize }: DirectoryEnd): Uint8Array {
  const isWide = entries >= max16 || directoryAt >= max32 || directorySize >= max32
  const bytes = Buffer.alloc(isWide ? 98 : 22)
  if (isWide) {
    bytes.writeUInt32LE(0x06064b50, 0)
    bytes.writeBigUInt64LE(44n, 4)
    bytes.writeUInt16LE(madeBy, 12)
    bytes.writeUInt16LE(45, 14)
    const wide = [entries, entries, directorySize, directoryAt]
    for (const [index, value] of wide.entries()) {
      bytes.writeBigUInt64LE(BigInt(value), 24 + 8 * index)
    }
    bytes.writeUInt32LE(0x07064b50, 56)
    bytes.writeBigUInt64LE(BigInt(directoryAt + directorySize), 64)
    bytes.writeUInt32LE(1, 72)
  }
  const end = bytes.length - 22
  bytes.writeUInt32LE(0x06054b50, end)
  bytes.writeUInt16LE(Math.min(entries, max16), end + 8)
  bytes.writeUInt16LE(Math.min(entries, max16), end + 10)
  bytes.writeUInt32LE(Math.min(directorySize, max32), end + 12)
  bytes.writeUInt32LE(Math.min(directoryAt, max32), end + 16)
  return bytes
}

function isLarge({ size }: ZipEntry): boolean {
  return size >= max32
}

/** What a record of the directory cannot say in 32 bits, in the order that zip64 wants. */
function wideFields({ size }: ZipEntry, at: number): number[] {
  return [...(size >= max32 ? [size, size] : []), ...(at >= max32 ? [at] : [])]
}

/** From the flags to the length of the name: both headers have these in a row. */
function writeCommon(bytes: Buffer, at: number, entry: ZipEntry, crc: number): void {
  const { time, date } = dosTime(entry.modifiedAt)
  const size = Math.min(entry.size, max32)
  bytes.writeUInt16LE(utf8Names, at)
  bytes.writeUInt16LE(time, at + 4)
  bytes.writeUInt16LE(date, at + 6)
  bytes.writeUInt32LE(crc, at + 8)
  bytes.writeUInt32LE(size, at + 12)
  bytes.writeUInt32LE(size, at + 16)
  bytes.writeUInt16LE(entry.name.length, at + 20)
}

function writeZip64(bytes: Buffer, at: number, values: number[]): number {
  bytes.writeUInt16LE(1, at)
  bytes.writeUInt16LE(8 * values.length, at + 2)
  for (const [index, value] of values.entries()) {
    bytes.writeBigUInt64LE(BigInt(value), at + 4 + 8 * index)
  }
  return at + 4 + 8 * values.length
}

/** The time in UTC ("UT"): that of DOS is in nobody knows which zone, to two seconds. */
function writeTime(bytes: Buffer, at: number, { modifiedAt }: ZipEntry): void {
  bytes.writeUInt16LE(0x5455, at)
  bytes.writeUInt16LE(5, at + 2)
  bytes.writeUInt8(1, at + 4)
  bytes.writeInt32LE(Math.max(0, Math.min(Math.floor(modifiedAt / 1000), 0x7fffffff)), at + 5)
}

/** From 1980 to 2107 is all it knows. */
function dosTime(epochMs: number): { time: number; date: number } {
  const day = new Date(epochMs)
  const year = day.getUTCFullYear()
  if (!(year >= 1980)) return { time: 0, date: (1 << 5) | 1 }
  return {
    time: (day.getUTCHours() << 11) | (day.getUTCMinutes() << 5) | (day.getUTCSeconds() >> 1),
    date: (Math.min(year - 1980, 127) << 9) | ((day.getUTCMonth() + 1) << 5) | day.getUTCDate(),
  }
}
