import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { release } from '#server/bytes/pipe-and-release.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { BlobStore, KnownBlob } from '#server/storage/blob-store.ts'
import { type ListedEntry, readPage, zipEntryOf } from './archive-list.ts'
import type { ArchiveRepository, ArchiveRow, FileState, PageHead } from './archive-repository.ts'
import {
  directoryRecord,
  directoryRecordSize,
  endRecords,
  localHeader,
  localHeaderSize,
} from './zip-format.ts'

type Deps = { archives: ArchiveRepository; blobs: Pick<BlobStore, 'open'> }

/** Files up to this size are read whole and ahead, so many at once. */
const smallBytes = 64 * 1024
const readAhead = 16
/** Smaller pieces go out together. */
const packBytes = 256 * 1024
/** Has what was packed go out: what comes next takes its time. */
const flush = new Uint8Array(0)

type Entry = ListedEntry & { state: FileState | null }
/** `at` is where the entry's header begins in the zip. */
type Span = { entry: Entry; at: number }

/** Reads the bytes of one archive, any part of them: the same bytes each time, or it throws. */
export class ArchiveBytes {
  readonly #deps: Deps
  readonly #row: ArchiveRow
  #heads: PageHead[] = []
  /** By blob; written down a page at a time. */
  #newCrcs = new Map<string, number>()

  constructor(deps: Deps, row: ArchiveRow) {
    this.#deps = deps
    this.#row = row
  }

  /** Checks that every file is still there. @throws ApiFailure `not_found` */
  async requireWhole(): Promise<void> {
    await this.#readHeads()
    for (const { place } of this.#heads) {
      await this.#page(place)
      await nextTurn()
    }
  }

  /** The bytes of `range` in pieces. @throws where a file is gone, or cannot be read */
  async *read(range: ByteRange): AsyncGenerator<Uint8Array> {
    await this.#readHeads()
    const pack = new Pack()
    for await (const piece of this.#pieces(range)) yield* pack.add(piece)
    yield* pack.take()
  }

  async *#pieces(range: ByteRange): AsyncGenerator<Uint8Array> {
    const { directory_at, directory_size, entries } = this.#row
    const starts = this.#heads.map(({ startsAt }) => startsAt)
    for (const { place, startsAt } of this.#heads.slice(pageAt(starts, range.first))) {
      if (range.first >= directory_at || startsAt > range.last) break
      yield* this.#files(place, startsAt, range)
    }
    const records = this.#heads.map(({ directoryAt }) => directory_at + directoryAt)
    for (const [index, at] of records.entries()) {
      const next = records[index + 1] ?? Number.POSITIVE_INFINITY
      if (next <= range.first || at > range.last) continue
      yield* this.#records(index, at, range)
    }
    const end = endRecords({ entries, directoryAt: directory_at, directorySize: directory_size })
    yield* cut(end, directory_at + directory_size, range)
  }

  /** Headers and bytes of the entries of a page, as far as they are in `range`. */
  async *#files(place: number, startsAt: number, range: ByteRange): AsyncGenerator<Uint8Array> {
    const spans = spansIn(await this.#page(place), startsAt, range)
    const ahead = new ReadAhead(
      spans.map(
        ({ entry }) =>
          () =>
            this.#readSmall(entry),
      ),
    )
    try {
      for (const [index, { entry, at }] of spans.entries()) {
        const small = await ahead.take(index)
        if (small) this.#noteCrc(entry, crc32(small))
        else if (this.#mustReadTwice(entry)) yield flush
        const header = localHeader(zipEntryOf(entry), await this.#crc(entry))
        yield* cut(header, at, range)
        const from = at + header.length
        if (small) yield* cut(small, from, range)
        else yield* this.#readLarge(entry, from, range)
      }
    } finally {
      await ahead.settle()
      await this.#noteCrcs()
    }
  }

  /** Null: it is not small, or has no bytes. */
  #readSmall(entry: Entry): Promise<Uint8Array> | null {
    if (entry.file === null || entry.size === 0 || entry.size > smallBytes) return null
    const { file, size } = entry
    return this.#deps.blobs
      .open({ blobId: file.blobId, size }, { first: 0, last: size - 1 })
      .then(gather)
  }

  async *#readLarge({ file, size }: Entry, at: number, range: ByteRange) {
    const first = Math.max(0, range.first - at)
    const last = Math.min(size - 1, range.last - at)
    if (file === null || first > last) return
    yield* this.#open({ blobId: file.blobId, size }, { first, last })
  }

  async *#open(blob: KnownBlob, range: ByteRange): AsyncGenerator<Uint8Array> {
    const opened = await this.#deps.blobs.open(blob, range)
    if (opened instanceof Uint8Array) yield opened
    else for await (const chunk of opened) yield chunk
  }

  async *#records(index: number, startsAt: number, range: ByteRange): AsyncGenerator<Uint8Array> {
    const page = await this.#page(index)
    let at = startsAt
    let fileAt = this.#heads[index]?.startsAt ?? 0
    for (const entry of page) {
      const zipped = zipEntryOf(entry)
      const length = directoryRecordSize(zipped, fileAt)
      if (at + length > range.first && at <= range.last) {
        yield* cut(directoryRecord(zipped, await this.#crc(entry), fileAt), at, range)
      }
      at += length
      fileAt += localHeaderSize(zipped) + entry.size
    }
    await this.#noteCrcs()
  }

  /** What the zip says of the bytes before them: where nobody knows it yet, they are read once for it. */
  async #crc(entry: Entry): Promise<number> {
    const { file, size, state } = entry
    if (file === null || state === null || size === 0) return 0
    const known = state.crc32 ?? this.#newCrcs.get(file.blobId)
    if (known !== undefined) return known
    let crc = 0
    const whole = { first: 0, last: size - 1 }
    for await (const chunk of this.#open({ blobId: file.blobId, size }, whole)) {
      crc = crc32(chunk, crc)
      release(chunk)
    }
    this.#noteCrc(entry, crc)
    return crc
  }

  #mustReadTwice({ file, state }: Entry): boolean {
    return file !== null && state?.crc32 === null && !this.#newCrcs.has(file.blobId)
  }

  #noteCrc({ file, state }: Entry, crc: number): void {
    if (file && state?.crc32 === null) this.#newCrcs.set(file.blobId, crc)
  }

  async #noteCrcs(): Promise<void> {
    const found = this.#newCrcs
    this.#newCrcs = new Map()
    // A store that cannot be written to costs only that they are found out again.
    await this.#deps.archives.noteCrcs(found).catch(() => {})
  }

  async #readHeads(): Promise<void> {
    if (this.#heads.length === 0) this.#heads = await this.#deps.archives.heads(this.#row.token)
  }

  /** @throws ApiFailure `not_found` where one of its files is gone */
  async #page(place: number): Promise<Entry[]> {
    const text = await this.#deps.archives.page(this.#row.token, place)
    if (text === null) throw gone()
    const entries = readPage(text)
    const ids = entries.flatMap(({ file }) => file?.id ?? [])
    const states = await this.#deps.archives.states(ids)
    return entries.map((entry) => {
      const state = entry.file && (states.get(entry.file.id) ?? null)
      if (entry.file && state?.blobId !== entry.file.blobId) throw gone()
      return { ...entry, state }
    })
  }
}

function gone(): ApiFailure {
  return new ApiFailure(
    'not_found',
    'A file of this archive was deleted after its link was made. Make a new link.',
  )
}

/** The last page that begins at or before `byte`. */
function pageAt(starts: number[], byte: number): number {
  const after = starts.findIndex((start) => start > byte)
  return Math.max(0, (after === -1 ? starts.length : after) - 1)
}

/** What of a piece that begins at the byte `at` is in `range`. */
function* cut(piece: Uint8Array, at: number, range: ByteRange): Generator<Uint8Array> {
  const first = Math.max(0, range.first - at)
  const last = Math.min(piece.length - 1, range.last - at)
  if (first > last) return
  yield first === 0 && last === piece.length - 1 ? piece : piece.subarray(first, last + 1)
}

async function gather(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The entries of a page that have bytes in `range`. */
function spansIn(page: Entry[], startsAt: number, range: ByteRange): Span[] {
  const spans: Span[] = []
  let next = startsAt
  for (const entry of page) {
    const at = next
    next += localHeaderSize(zipEntryOf(entry)) + entry.size
    if (next > range.first && at <= range.last) spans.push({ entry, at })
  }
  return spans
}

/** Puts small pieces together. What it gives is in their order. */
class Pack {
  #pieces: Uint8Array[] = []
  #bytes = 0

  add(piece: Uint8Array): Uint8Array[] {
    if (piece === flush) return this.take()
    if (piece.length >= packBytes) return [...this.take(), piece]
    this.#pieces.push(piece)
    this.#bytes += piece.length
    return this.#bytes >= packBytes ? this.take() : []
  }

  take(): Uint8Array[] {
    const taken = this.#bytes > 0 ? [Buffer.concat(this.#pieces)] : []
    this.#pieces = []
    this.#bytes = 0
    return taken
  }
}

/** Has some reads under way before their turn comes. */
class ReadAhead {
  readonly #reads: (() => Promise<Uint8Array> | null)[]
  readonly #begun: (Promise<Uint8Array> | null)[] = []

  constructor(reads: (() => Promise<Uint8Array> | null)[]) {
    this.#reads = reads
  }

  /** Call it in order. @throws what this read failed with */
  async take(index: number): Promise<Uint8Array | null> {
    for (const read of this.#reads.slice(this.#begun.length, index + readAhead)) {
      const begun = read()
      // Told when its turn comes.
      begun?.catch(() => {})
      this.#begun.push(begun)
    }
    const taken = await this.#begun[index]
    this.#begun[index] = null
    return taken ?? null
  }

  /** Waits for those that nobody took. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#begun)
  }
}
