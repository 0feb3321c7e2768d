import type { BufferPool } from './buffer-pool.ts'
import type { WritableFile } from './disk.ts'
import type { RunningHash } from './file-hasher.ts'

/** Writes of one blob that may be under way at once: one fills while one is written and hashed. */
const maxFlights = 3
/** Of a slow client no more than this is held in memory for longer than `patienceMs`. */
const slowBytes = 16 * 1024
const patienceMs = 250

/**
 * Gathers small chunks to large writes (64 KiB writes take three times as long) and hashes what it
 * writes from the same memory. `file` null: the bytes are hashed only.
 */
export class BlobWriter {
  readonly #file: WritableFile | null
  readonly #hash: RunningHash
  readonly #pool: BufferPool
  readonly #flights = new Set<Promise<void>>()
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #gatheringSince = 0
  #position = 0
  #failure: unknown = null

  constructor(parts: { file: WritableFile | null; hash: RunningHash; pool: BufferPool }) {
    this.#file = parts.file
    this.#hash = parts.hash
    this.#pool = parts.pool
  }

  /** Resolves when more may come; throws what a write failed with. */
  async add(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.length; ) {
      const room = this.#pool.bufferBytes - this.#gatheredBytes
      const part = chunk.subarray(start, start + room)
      if (this.#gatheredBytes === 0) this.#gatheringSince = performance.now()
      this.#gathered.push(part)
      this.#gatheredBytes += part.length
      start += part.length
      if (this.#isDue()) await this.#flush()
    }
  }

  /** Writes what is gathered; resolves once all of it is written and hashed. */
  async end(): Promise<void> {
    if (this.#gatheredBytes > 0) await this.#flush()
    await this.settle()
    if (this.#failure !== null) throw this.#failure
  }

  /** Waits until no write is under way any more, whatever came of them. */
  async settle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  #isDue(): boolean {
    if (this.#gatheredBytes >= this.#pool.bufferBytes) return true
    return this.#gatheredBytes >= slowBytes && performance.now() - this.#gatheringSince > patienceMs
  }

  async #flush(): Promise<void> {
    while (this.#flights.size >= maxFlights) await Promise.race(this.#flights)
    if (this.#failure !== null) throw this.#failure
    const buffer = await this.#pool.take()
    const target = new Uint8Array(buffer)
    let length = 0
    for (const chunk of this.#gathered) {
      target.set(chunk, length)
      length += chunk.length
      release(chunk)
    }
    this.#gathered = []
    this.#gatheredBytes = 0
    const flight = this.#send(buffer, length, this.#position)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#pool.give(buffer)
        this.#flights.delete(flight)
      })
    this.#flights.add(flight)
    this.#position += length
  }

  async #send(buffer: SharedArrayBuffer, length: number, position: number): Promise<void> {
    // Both must be over before the buffer is used again, also when one of them fails.
    const results = await Promise.allSettled([
      this.#hash.add(buffer, length),
      this.#file && writeAll(this.#file, new Uint8Array(buffer, 0, length), position),
    ])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }
}

/**
 * Gives the memory of a chunk back at once: left to the garbage collector, 64 MB of them pile up
 * under one upload. Only where the chunk is all of its buffer: another view may share a larger one.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

async function writeAll(file: WritableFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
