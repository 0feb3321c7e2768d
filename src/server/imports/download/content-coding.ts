import { PassThrough, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import { fileTooLarge } from '#server/core/failure.ts'
import { ImportFailure } from '#server/imports/tasks/import-failure.ts'

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd'

/** Up to here any expansion is fine; beyond it, no honest file expands `expansionMax` times. */
const freeBytes = 32 * 1024 * 1024
const expansionMax = 250
/** A proxy may compress what is compressed already; more layers are a trap. */
const codingsMax = 2

const known: Record<string, ContentCoding> = {
  ...{ gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br', zstd: 'zstd' },
}

/**
 * What a file is compressed with, in the order in which it was done. As browsers: words that name no
 * compression, such as `UTF-8`, `none` and `binary`, mean that the bytes are the file.
 * @param encoding the Content-Encoding header
 * @param file its name and media type: an archive is meant to stay one, and its server calls its own
 * compression the transfer's
 * @throws ImportFailure for what nobody unpacks
 */
export function readContentCodings(
  encoding: string | undefined,
  file: { name: string; type: string | undefined },
): ContentCoding[] {
  const words = (encoding ?? '').split(',').map((word) => word.trim().toLowerCase())
  const codings = words.flatMap((word) => known[word] ?? [])
  const isArchive =
    /\.(t?gz|br|zst|tbr|tzst|svgz)$/i.test(file.name) ||
    /^\s*application\/(x-)?(gzip|gunzip|gzip-compressed|compressed-tar|zstd)\b/i.test(
      file.type ?? '',
    )
  if (isArchive) return []
  if (words.some((word) => /^(x-)?compress$/.test(word)) || codings.length > codingsMax) {
    throw new ImportFailure(
      'bad_answer',
      'The site sends that file compressed in a way that this server does not unpack.',
    )
  }
  return codings
}

/**
 * Unpacks a body while it comes. Bytes that are not what the header says are the file itself, where
 * that can be seen at their start.
 * @param maxBytes of each layer: what it unpacks to is what is stored
 * @throws what `source` throws; zlib's errors for a damaged one; ApiFailure `payload_too_large`;
 * ImportFailure for one that unpacks to very much more than came
 */
export async function* decodeContent(
  source: AsyncGenerator<ByteBatch>,
  codings: readonly ContentCoding[],
  maxBytes: number,
): AsyncGenerator<ByteBatch> {
  const { start, rest } = await takeStart(source)
  const outermost = codings.at(-1)
  if (start.length === 0 || outermost === undefined || !isCoded(start, outermost)) {
    yield* rest
    return
  }
  const decoders = [...codings].reverse().map((coding) => createDecoder(coding, start))
  let arrived = 0
  const bounded = decoders.flatMap((decoder) => [
    decoder,
    boundBytes((bytes) => checkExpansion({ bytes, arrived, maxBytes })),
  ])
  const decoded = new PassThrough({ highWaterMark: 256 * 1024 })
  const input = Readable.from(
    chunksOf(rest, (bytes) => {
      arrived += bytes
    }),
    { objectMode: false },
  )
  const running = pipeline([input, ...bounded, decoded])
  // The reader of `decoded` gets the error.
  running.catch(() => undefined)
  try {
    yield* batchChunks(decoded)
  } finally {
    input.destroy()
    await running.catch(() => undefined)
  }
}

async function takeStart(source: AsyncGenerator<ByteBatch>) {
  const taken: ByteBatch = []
  const length = () => taken.reduce((sum, chunk) => sum + chunk.length, 0)
  while (length() < 4) {
    const next = await source.next()
    if (next.done) break
    taken.push(...next.value)
  }
  // A copy: the consumer may detach the buffers of a batch.
  const start = Buffer.concat(taken.slice(0, 4)).subarray(0, 4)
  async function* rest(): AsyncGenerator<ByteBatch> {
    try {
      if (taken.length > 0) yield taken
      yield* source
    } finally {
      await source.return(undefined)
    }
  }
  return { start, rest: rest() }
}

async function* chunksOf(
  batches: AsyncGenerator<ByteBatch>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) {
    for (const chunk of batch) {
      count(chunk.length)
      yield chunk
    }
  }
}

function isCoded(start: Buffer, coding: ContentCoding): boolean {
  if (coding === 'gzip') return start[0] === 0x1f && start[1] === 0x8b
  // A frame or a skippable frame.
  if (coding === 'zstd') return /^(28b52ffd|5.2a4d18)/.test(start.toString('hex'))
  // Deflate and brotli have no magic number.
  return true
}

function createDecoder(coding: ContentCoding, start: Buffer): Transform {
  const chunkSize = 64 * 1024
  if (coding === 'gzip') return createGunzip({ chunkSize })
  if (coding === 'br') return createBrotliDecompress({ chunkSize })
  if (coding === 'zstd') {
    // RFC 9659: no decoder of the web needs a larger window than 8 MiB.
    return createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: 23 } })
  }
  // By the standard "deflate" has a zlib header; many servers send it without.
  const [first = 0, second = 0] = start
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
  return isZlib ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })
}

function checkExpansion(sizes: { bytes: number; arrived: number; maxBytes: number }): void {
  const { bytes, arrived, maxBytes } = sizes
  if (bytes > maxBytes) {
    throw fileTooLarge(maxBytes)
  }
  if (bytes > freeBytes && bytes > arrived * expansionMax) {
    throw new ImportFailure(
      'bad_answer',
      `The site sends that file compressed, and it unpacks to more than ${expansionMax} times its size, as traps do.`,
    )
  }
}

function boundBytes(check: (bytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      try {
        check(bytes)
        // A copy: zlib goes on writing into the buffer that its last chunk belongs to.
        done(null, Buffer.from(new Uint8Array(chunk).buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
