import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

/** One step of the hash numbered `hash`; the answer to the last one carries its digest. */
export type HashRequest = {
  ask: number
  hash: number
  buffer?: SharedArrayBuffer
  length: number
  isLast: boolean
}

export type HashAnswer = { ask: number; digest: string }

const hashes = new Map<number, Hash>()

parentPort?.on('message', ({ ask, hash, buffer, length, isLast }: HashRequest) => {
  const running = hashes.get(hash) ?? createHash('sha256')
  if (buffer) running.update(new Uint8Array(buffer, 0, length))
  if (isLast) hashes.delete(hash)
  else hashes.set(hash, running)
  const digest = isLast ? running.digest('hex') : ''
  parentPort?.postMessage({ ask, digest } satisfies HashAnswer)
})
