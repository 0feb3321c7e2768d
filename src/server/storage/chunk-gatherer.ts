import type { ByteBatch } from './read-batches.ts'

/** Chunks that are smaller than this are copied together. */
const smallBytes = 2 * 1024
const packBytes = 8 * 1024

/**
 * Gathers chunks to a batch. A sender of single bytes makes a chunk of each: a million of them, each
 * with memory of its own, would hold hundreds of megabytes and stop the event loop for minutes.
 */
export class ChunkGatherer {
  #batch: ByteBatch = []
  #pack = new Uint8Array(0)
  #packed = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (chunk.length >= smallBytes) {
      this.#sealPack()
      this.#batch.push(chunk)
      return
    }
    if (this.#packed + chunk.length > this.#pack.length) {
      this.#sealPack()
      this.#pack = new Uint8Array(packBytes)
    }
    this.#pack.set(chunk, this.#packed)
    this.#packed += chunk.length
  }

  /** All that was gathered, in its order; the next batch starts empty. */
  take(): ByteBatch {
    this.#sealPack()
    const batch = this.#batch
    this.#batch = []
    this.#bytes = 0
    return batch
  }

  #sealPack(): void {
    if (this.#packed > 0) this.#batch.push(this.#pack.subarray(0, this.#packed))
    this.#pack = new Uint8Array(0)
    this.#packed = 0
  }
}
