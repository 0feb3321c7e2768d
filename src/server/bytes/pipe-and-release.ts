import type { Readable } from 'node:stream'

/**
 * Like `from.pipe(to)`, but frees a chunk's memory as soon as it is written: the garbage collector
 * would let 64 MB pile up first. Nobody else may read the chunks. Returns the function that stops it.
 */
export function pipeAndRelease(from: Readable, to: NodeJS.WritableStream): () => void {
  const handleData = (chunk: Buffer) => {
    if (!to.write(chunk, () => release(chunk))) from.pause()
  }
  const handleDrain = () => from.resume()
  const handleEnd = () => {
    stop()
    to.end()
  }
  function stop(): void {
    from.off('data', handleData)
    from.off('end', handleEnd)
    to.off('drain', handleDrain)
  }
  // It will not emit 'end' a second time.
  if (from.readableEnded) {
    to.end()
    return () => {}
  }
  from.on('data', handleData)
  from.once('end', handleEnd)
  to.on('drain', handleDrain)
  return stop
}

/**
 * Frees the memory of a chunk that nobody reads any more. Node's HTTP parser gives each chunk memory of
 * its own; what is a part of something else stays.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
