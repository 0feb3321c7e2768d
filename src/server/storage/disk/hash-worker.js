import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import * as zlib from 'node:zlib'

// JavaScript, because each thread that strips types loads a compiler of 25 MB to do it.

// Node is built without the processor's instructions for it: its own takes half as long as the SHA-256,
// this one a tenth of that. It comes for the common systems only.
const { crc32 } = await import('@node-rs/crc32').catch(() => zlib)

/**
 * @typedef {{ hash: import('node:crypto').Hash, left: number }} Part
 * @type {Map<number, { sha256: import('node:crypto').Hash, crc32: number, part: Part | null }>}
 */
const hashes = new Map()

parentPort?.on('message', ({ ask, hash, buffers, isLast, partBytes }) => {
  const running = hashes.get(hash) ?? { sha256: createHash('sha256'), crc32: 0, part: null }
  /** @type {string[] | undefined} */
  const md5s = partBytes === undefined ? undefined : []
  for (const buffer of buffers) {
    const bytes = new Uint8Array(buffer)
    running.sha256.update(bytes)
    running.crc32 = crc32(bytes, running.crc32)
    if (md5s) running.part = hashParts(bytes, running.part, { partBytes, md5s })
    buffer.transfer(0)
  }
  if (isLast && running.part) md5s?.push(running.part.hash.digest('base64'))
  if (isLast) hashes.delete(hash)
  else hashes.set(hash, running)
  const digests = isLast ? { sha256: running.sha256.digest('hex'), crc32: running.crc32 } : null
  parentPort?.postMessage({ ask, digests, md5s })
})

/**
 * Goes on with the MD5 of the part under way, which is returned; those of full ones go to `md5s`.
 * @param {Uint8Array} bytes
 * @param {Part | null} part
 * @param {{ partBytes: number, md5s: string[] }} into
 */
function hashParts(bytes, part, { partBytes, md5s }) {
  let running = part
  for (let at = 0; at < bytes.length; ) {
    running ??= { hash: createHash('md5'), left: partBytes }
    const piece = bytes.subarray(at, at + running.left)
    running.hash.update(piece)
    running.left -= piece.length
    at += piece.length
    if (running.left > 0) continue
    md5s.push(running.hash.digest('base64'))
    running = null
  }
  return running
}
