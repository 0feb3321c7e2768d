/**
 * A fixed number of shared buffers that all writers take turns with: whatever the number of uploads,
 * the memory for bytes on their way to the disk is bounded, and a fast client waits for a slow disk.
 */
export class BufferPool {
  readonly bufferBytes: number
  readonly #free: SharedArrayBuffer[] = []
  readonly #waiting: ((buffer: SharedArrayBuffer) => void)[] = []
  #unmade: number

  constructor(options: { buffers: number; bufferBytes: number }) {
    this.bufferBytes = options.bufferBytes
    this.#unmade = options.buffers
  }

  async take(): Promise<SharedArrayBuffer> {
    const free = this.#free.pop()
    if (free) return free
    if (this.#unmade > 0) {
      this.#unmade -= 1
      return new SharedArrayBuffer(this.bufferBytes)
    }
    return await new Promise((resolve) => this.#waiting.push(resolve))
  }

  give(buffer: SharedArrayBuffer): void {
    const next = this.#waiting.shift()
    if (next) next(buffer)
    else this.#free.push(buffer)
  }
}
