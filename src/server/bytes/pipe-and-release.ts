import type { Readable } from 'node:stream'

/**
 * Carries every byte of `from` to `to`, at the pace of the slower one, and ends `to` with it. Like
 * `pipe`, but the memory of a chunk is freed as soon as it is out: the garbage collector lets 64 MB
 * of them pile up first. So nobody else may look at the chunks. Returns what stops it.
 */
export function pipeAndRelease(from: Readable, to: NodeJS.WritableStream): () => void {
  const handleData = (chunk: Buffer) => {
    if (!to.write(chunk, () => free(chunk))) from.pause()
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
  // It will not tell its end a second time.
  if (from.readableEnded) {
    to.end()
    return () => {}
  }
  from.on('data', handleData)
  from.once('end', handleEnd)
  to.on('drain', handleDrain)
  return stop
}

/** Node's HTTP parser gives each chunk memory of its own; what is a part of something else stays. */
function free({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
