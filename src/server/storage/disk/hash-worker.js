import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

// JavaScript, because each thread that strips types loads a compiler of 25 MB to do it.

/** @type {Map<number, import('node:crypto').Hash>} */
const hashes = new Map()

parentPort?.on('message', ({ ask, hash, buffers, isLast }) => {
  const running = hashes.get(hash) ?? createHash('sha256')
  for (const buffer of buffers) {
    running.update(new Uint8Array(buffer))
    buffer.transfer(0)
  }
  if (isLast) hashes.delete(hash)
  else hashes.set(hash, running)
  parentPort?.postMessage({ ask, digest: isLast ? running.digest('hex') : '' })
})
