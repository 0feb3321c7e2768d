import { finished, type Readable } from 'node:stream'

/** Bytes of a stream in their order; whoever is given the chunks owns their memory. */
export type ByteBatch = Uint8Array[]

/** A megabyte at a time: handling every 64 KiB chunk by itself costs more than the chunk. */
const maxBatchBytes = 1024 * 1024
const minBatchBytes = 64 * 1024
/** Up to this many readers get full batches; beyond that the batches shrink. */
const fullReaders = 12
/** Buffered while the consumer is busy, in batches; beyond that the stream is paused. */
const heldBatches = 1.5
/** Of a slow sender, at most this much stays in memory for longer than `patienceMs`. */
const slowBytes = 16 * 1024
const patienceMs = 250

/** Monitors a sender, and can abort it. */
export type Watch = {
  signal: AbortSignal
  /** A chunk arrived. */
  note(bytes: number): void
  /** Backpressure: the sender waits for us, so its silence does not count against it. */
  hold(isHeld: boolean): void
}

let readers = 0

/** Memory is shared: a hundred senders together must not hold a hundred times what one may. */
function batchBytes(): number {
  const share = (maxBatchBytes * fullReaders) / Math.max(readers, fullReaders)
  return Math.max(share, minBatchBytes)
}

/**
 * Reads `stream` to its end. When it breaks, what came before is yielded first. The stream is left
 * open and paused. @throws the stream's error, and the watch's reason as soon as it aborts
 */
export async function* batchChunks(stream: Readable, watch?: Watch): AsyncGenerator<ByteBatch> {
  const gathered = new ChunkGatherer()
  let gatheringSince = 0
  let end: { error: unknown } | null = null
  let wake = () => {}

  function isDue(): boolean {
    if (end !== null || watch?.signal.aborted || gathered.bytes >= batchBytes()) return true
    return gathered.bytes >= slowBytes && performance.now() - gatheringSince > patienceMs
  }
  function gather(chunk: Uint8Array): void {
    if (gathered.bytes === 0) gatheringSince = performance.now()
    watch?.note(chunk.length)
    gathered.add(chunk)
    if (gathered.bytes >= heldBatches * batchBytes()) hold()
    if (isDue()) wake()
  }
  function hold(): void {
    stream.pause()
    watch?.hold(true)
  }
  function letGo(): void {
    stream.resume()
    watch?.hold(false)
  }
  const forget = finished(stream, { writable: false }, (error) => {
    end = { error }
    wake()
  })
  const handleStop = () => wake()
  watch?.signal.addEventListener('abort', handleStop)
  readers += 1
  stream.on('data', gather)
  try {
    while (true) {
      if (!isDue()) await new Promise<void>((resolve) => (wake = resolve))
      watch?.signal.throwIfAborted()
      const taken = gathered.take()
      if (stream.isPaused()) letGo()
      if (taken.length > 0) yield taken
      else if (end !== null) break
    }
    const { error } = end as { error: unknown }
    if (error) throw error
  } finally {
    readers -= 1
    forget()
    watch?.signal.removeEventListener('abort', handleStop)
    stream.off('data', gather)
    stream.pause()
  }
}

/** Chunks that are smaller than this are copied together. */
const smallBytes = 2 * 1024
const packBytes = 8 * 1024

/**
 * Gathers chunks to a batch. A sender of single bytes makes a chunk of each: a million of them, each
 * with memory of its own, would hold hundreds of megabytes and stop the event loop for minutes.
 */
class ChunkGatherer {
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

  /** Returns what was gathered, in order, and starts an empty batch. */
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
