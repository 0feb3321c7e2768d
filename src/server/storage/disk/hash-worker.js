import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import * as zlib from 'node:zlib'

// JavaScript, because each thread that strips types loads a compiler of 25 MB to do it.

// Node is built without the processor's instructions for it: its own takes half as long as the SHA-256,
// this one a tenth of that. It comes for the common systems only.
const { crc32 } = await import('@node-rs/crc32').catch(() => zlib)

/** @type {Map<number, { sha256: import('node:crypto').Hash, crc32: number }>} */
const hashes = new Map()

parentPort?.on('message', ({ ask, hash, buffers, isLast }) => {
  const running = hashes.get(hash) ?? { sha256: createHash('sha256'), crc32: 0 }
  for (const buffer of buffers) {
    const bytes = new Uint8Array(buffer)
    running.sha256.update(bytes)
    running.crc32 = crc32(bytes, running.crc32)
    buffer.transfer(0)
  }
  if (isLast) hashes.delete(hash)
  else hashes.set(hash, running)
  const digests = isLast ? { sha256: running.sha256.digest('hex'), crc32: running.crc32 } : null
  parentPort?.postMessage({ ask, digests })
})
