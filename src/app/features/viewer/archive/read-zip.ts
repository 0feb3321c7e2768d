import { type Reader, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js'
import { LinkFailure, readRange } from '#app/api/http/read-range.ts'

export type ZipEntry = {
  /** The whole path inside the archive, as it is written there. */
  path: string
  isFolder: boolean
  /** Bytes once unpacked, as the archive claims. */
  size: number
  /** ISO 8601; null where the archive has none that is a time. */
  modifiedAt: string | null
  isEncrypted: boolean
}

export type ZipListing = {
  entries: readonly ZipEntry[]
  /** There are more entries than were read. */
  isCut: boolean
}

/** Why an archive cannot be listed, in words; another try would not help. */
export class ZipFailure extends Error {}

export const mostEntries = 50_000
/** A directory of 50,000 entries with long names is this large. */
const mostDirectoryBytes = 16_000_000
/** The end with its comment, and with luck all of the directory. */
const tailBytes = 131_072

/**
 * What a zip archive holds, by the directory at its end: nothing else of it is read, and nothing is
 * unpacked. `size` is that of the file, in bytes.
 * @throws {ZipFailure} for what is no zip, or claims a directory that is too large; `LinkFailure`.
 */
export async function readZip(
  link: string,
  size: number,
  signal: AbortSignal,
): Promise<ZipListing> {
  // The package's own class for readers comes with all that unpacks.
  const tail = createTailReader(link, size, signal) as Reader<string>
  const entries: ZipEntry[] = []
  try {
    // Tolerant: names that lead out of a folder are only shown here.
    const options = { strictness: 'tolerant', filenameValidation: 'tolerant' } as const
    for await (const entry of new ZipReader(tail, options).getEntriesGenerator()) {
      if (entries.length === mostEntries) return { entries, isCut: true }
      entries.push({
        path: entry.filename,
        isFolder: entry.directory,
        size: Number(entry.uncompressedSize),
        modifiedAt: readTime(entry.lastModDate),
        isEncrypted: entry.encrypted,
      })
    }
  } catch (error) {
    if (error instanceof LinkFailure || error instanceof ZipFailure || signal.aborted) throw error
    throw new ZipFailure(wordsFor(error, entries.length))
  }
  return { entries, isCut: false }
}

function readTime(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function wordsFor(error: unknown, found: number): string {
  const message = error instanceof Error ? error.message : ''
  if (/split/i.test(message)) return 'This is one part of an archive that was split.'
  if (found === 0 && /not found|format is not recognized/i.test(message)) {
    return 'This is no zip archive, or its end is missing.'
  }
  return 'The directory of this archive is damaged.'
}

type ByteReader = Pick<Reader<string>, 'size' | 'readUint8Array'>

/** Reads the end of the file once; what lies before it only where the directory reaches further back. */
function createTailReader(link: string, size: number, signal: AbortSignal): ByteReader {
  const start = Math.max(0, size - tailBytes)
  const read = async (from: number, length: number) =>
    (await readRange(link, { from, length }, signal)).bytes
  let tail: Promise<Uint8Array> | null = null
  return {
    size,
    async readUint8Array(from, length) {
      if (length > mostDirectoryBytes) {
        throw new ZipFailure(
          'The directory of this archive claims to be too large to be read here.',
        )
      }
      if (from < start) return await read(from, length)
      tail ??= read(start, size - start)
      return (await tail).subarray(from - start, from - start + length)
    },
  }
}
