import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { pipeAndRelease } from '#server/bytes/pipe-and-release.ts'

/** With the 64 KiB that streams read by default, a large file takes six times as long. */
const largeRead = 1024 * 1024
/** For clients that take longer than `slowMs` over a chunk: a thousand of them must not fill the memory. */
const smallRead = 64 * 1024
const slowMs = 100
/** Large reads that may wait for their takers at once. */
const maxLargeReads = 16

let largeReads = 0

/**
 * A part of a file, which is closed in the end: what players ask for most is small, and one read is
 * twice as fast as a stream.
 */
export async function readBytes(
  file: FileHandle,
  range: ByteRange,
): Promise<Readable | Uint8Array> {
  const length = range.last - range.first + 1
  if (length > smallRead) return new FileBytes(file, range)
  await using _closed = file
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, range.first)
  if (bytesRead < length) throw tooShort()
  return buffer
}

/**
 * A part of a file, read no faster than it is taken and no further ahead than the chunk under way.
 * Fastify sends a stream by `pipe`: this one frees each chunk as soon as it is out. Closes the file.
 * Fails when the file ends before the part does.
 */
export class FileBytes extends Readable {
  readonly #file: FileHandle
  readonly #last: number
  #next: number
  #isLarge = false
  #pushedAt = Number.NEGATIVE_INFINITY

  constructor(file: FileHandle, { first, last }: ByteRange) {
    // A chunk is asked for only when nothing waits to be taken.
    super({ highWaterMark: 0 })
    this.#file = file
    this.#next = first
    this.#last = last
  }

  override _read(): void {
    this.#readOne().catch((error: Error) => this.destroy(error))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#giveBack()
    this.#file.close().then(() => done(error), done)
  }

  override pipe<To extends NodeJS.WritableStream>(to: To): To {
    pipeAndRelease(this, to)
    return to
  }

  async #readOne(): Promise<void> {
    const left = this.#last + 1 - this.#next
    if (left === 0) {
      this.push(null)
      return
    }
    const buffer = Buffer.allocUnsafeSlow(Math.min(left, this.#chunkBytes()))
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#next)
    if (bytesRead === 0) throw tooShort()
    this.#next += bytesRead
    this.#pushedAt = performance.now()
    this.push(buffer.subarray(0, bytesRead))
  }

  #chunkBytes(): number {
    this.#giveBack()
    const isSlow = performance.now() - this.#pushedAt > slowMs
    if (isSlow || largeReads >= maxLargeReads) return smallRead
    this.#isLarge = true
    largeReads += 1
    return largeRead
  }

  #giveBack(): void {
    if (this.#isLarge) largeReads -= 1
    this.#isLarge = false
  }
}

function tooShort(): Error {
  return new Error('The file is shorter than it was said to be.')
}
