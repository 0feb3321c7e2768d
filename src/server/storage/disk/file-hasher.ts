import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import type { ApiFailure } from '#server/core/failure.ts'
import { storageUnavailable } from '#server/core/failure.ts'

/** One step of the hash numbered `hash`; the answer to the last one carries its digests. */
type HashRequest = {
  ask: number
  hash: number
  buffers: ArrayBuffer[]
  isLast: boolean
  /** Of how many bytes a part with an MD5 of its own is, where those are wanted. */
  partBytes?: number | undefined
}

type HashAnswer = { ask: number; digests: Digests | null; md5s?: string[] }

/** Of one run of bytes. */
export type Digests = {
  /** Hex. */
  sha256: string
  /** As zips have it: unsigned, 0 for no bytes. */
  crc32: number
}

/** A SHA-256, and beside it a CRC-32, that are being reckoned elsewhere. */
export type RunningHash = {
  /** Adds `batch`, whose memory is given away and freed; resolves once it is reckoned in. */
  add(batch: ByteBatch): Promise<void>
  digests(): Promise<Digests>
  drop(): void
}

/** The MD5 (base64) of each part of `partBytes`, in order, as it is full; of the last one with the digests. */
export type WantedParts = { partBytes: number; onPart(md5: string): void }

export type FileHasher = { start(parts?: WantedParts): RunningHash; close(): Promise<void> }

/** Up to here the way to a thread and back costs more than the hash: 64 KiB take some 50 µs. */
const smallBytes = 64 * 1024

/**
 * Hashes in a worker thread: SHA-256 takes about a second a gigabyte of a core, which the event loop
 * does not have. Memory is handed over to it, so nothing is copied to get there, and it frees it at
 * once: left to the garbage collector, 64 MB pile up under one upload. A thread that ended fails the
 * hashes that were in it, with `unavailable`; the next hash gets a new one.
 */
export function createFileHasher(): FileHasher {
  let thread: HashThread | null = null
  let hashes = 0

  function startInThread(parts: WantedParts | undefined): RunningHash {
    if (thread === null || thread.hasEnded()) thread = openHashThread()
    const { ask } = thread
    const hash = ++hashes
    const send = async (buffers: ArrayBuffer[], isLast: boolean) => {
      const { digests, md5s } = await ask({ hash, buffers, isLast, partBytes: parts?.partBytes })
      for (const md5 of md5s ?? []) parts?.onPart(md5)
      return digests
    }
    return {
      add: async (batch) => {
        await send(batch.map(ownMemory), false)
      },
      digests: async () => (await send([], true)) as Digests,
      drop: () => {
        ask({ hash, buffers: [], isLast: true }).catch(() => {})
      },
    }
  }

  return {
    start(parts) {
      const small: ByteBatch = []
      let bytes = 0
      let inThread: RunningHash | null = null
      return {
        async add(batch) {
          for (const chunk of batch) bytes += chunk.length
          if (inThread === null && bytes <= smallBytes) small.push(...batch)
          else {
            inThread ??= startInThread(parts)
            const held = small.splice(0)
            await inThread.add(held.length === 0 ? batch : [...held, ...batch])
          }
        },
        async digests() {
          if (inThread !== null) return await inThread.digests()
          const hash = createHash('sha256')
          const md5 = parts && createHash('md5')
          let crc = 0
          for (const chunk of small.splice(0)) {
            hash.update(chunk)
            md5?.update(chunk)
            crc = crc32(chunk, crc)
          }
          if (md5) parts.onPart(md5.digest('base64'))
          return { sha256: hash.digest('hex'), crc32: crc }
        },
        drop: () => inThread?.drop(),
      }
    },
    close: async () => await thread?.close(),
  }
}

type HashThread = {
  /** `digests` is null but for the last request of a hash. */
  ask(request: Omit<HashRequest, 'ask'>): Promise<HashAnswer>
  hasEnded(): boolean
  close(): Promise<void>
}

function openHashThread(): HashThread {
  const worker = new Worker(new URL('./hash-worker.js', import.meta.url), {
    // All it holds is the state of a few hashes.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  })
  const waiting = new Map<number, PromiseWithResolvers<HashAnswer>>()
  let asked = 0
  let failure: ApiFailure | null = null

  function fail(cause: unknown): void {
    failure ??= storageUnavailable(cause)
    for (const answer of waiting.values()) answer.reject(failure)
    waiting.clear()
  }
  worker.on('message', (answer: HashAnswer) => {
    waiting.get(answer.ask)?.resolve(answer)
    waiting.delete(answer.ask)
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The hashing thread has ended.')))
  // An idle hasher must not keep the process alive.
  worker.unref()

  return {
    hasEnded: () => failure !== null,
    ask(request) {
      if (failure) return Promise.reject(failure)
      const answer = Promise.withResolvers<HashAnswer>()
      waiting.set(++asked, answer)
      worker.postMessage({ ...request, ask: asked } satisfies HashRequest, request.buffers)
      return answer.promise
    },
    async close() {
      if (failure) return
      const exit = once(worker, 'exit')
      await worker.terminate()
      await exit
    },
  }
}

/** The memory of `chunk` alone: another view may share the one that it lies in. */
function ownMemory({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
  return isAlone ? buffer : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer)
}
