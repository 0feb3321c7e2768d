import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

export type TestExchange = {
  incoming: IncomingMessage
  outgoing: ServerResponse
  url: URL
  /** The folder of the test video. */
  media: string
  /** How often each breaking file broke already, by path and query. */
  breaks: Map<string, number>
}

const chunkBytes = 16_384

/** Byte `index` of every test file: no two neighbouring chunks are alike, so a wrong resume shows. */
export function testFileBytes(start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start)
  for (let index = 0; index < bytes.length; index += 1) {
    const position = start + index
    bytes[index] = (position ^ (position >> 8) ^ (position >> 16)) & 0xff
  }
  return bytes
}

/**
 * `/file/<name>?size=…` answers that many bytes. Its temper is in the query: `pace` (milliseconds
 * between chunks of 16 KiB), `breakAt` (cuts the connection after so many bytes of the file,
 * `breaks` times, 1 by default), `ranges=no`, `etag=no` or `etag=new` (another one each time),
 * `length=no`, `status`, `type`, `disposition`, and `head=no` (HEAD is 405).
 */
export async function answerTestFile(exchange: TestExchange): Promise<void> {
  const { incoming, outgoing, url } = exchange
  const query = url.searchParams
  const size = Number(query.get('size') ?? 1000)
  const isHead = incoming.method === 'HEAD'
  if (isHead && query.get('head') === 'no') {
    outgoing.writeHead(405).end()
    return
  }
  const start = rangeStart(exchange, size)
  const status = Number(query.get('status') ?? (start === null ? 200 : 206))
  outgoing.writeHead(status, fileHeaders(exchange, start, size))
  if (isHead) outgoing.end()
  else await sendBytes(exchange, start ?? 0, size)
}

async function sendBytes(exchange: TestExchange, start: number, size: number): Promise<void> {
  const { outgoing, url, breaks } = exchange
  const query = url.searchParams
  const broken = breaks.get(url.href) ?? 0
  const mayBreak = query.has('breakAt') && broken < Number(query.get('breaks') ?? 1)
  const stop = mayBreak ? Math.min(size, Number(query.get('breakAt'))) : size
  await writeBytes(outgoing, { start, stop, pace: Number(query.get('pace') ?? 0) })
  if (!mayBreak) {
    outgoing.end()
    return
  }
  breaks.set(url.href, broken + 1)
  outgoing.destroy()
}

function fileHeaders(exchange: TestExchange, start: number | null, size: number) {
  const query = exchange.url.searchParams
  const headers: Record<string, string | number> = {
    'content-type': query.get('type') ?? 'application/octet-stream',
  }
  const disposition = query.get('disposition')
  if (disposition !== null) headers['content-disposition'] = disposition
  if (query.get('ranges') !== 'no') headers['accept-ranges'] = 'bytes'
  if (query.get('etag') !== 'no') headers.etag = etagOf(exchange)
  if (query.get('length') !== 'no') headers['content-length'] = size - (start ?? 0)
  if (start !== null) headers['content-range'] = `bytes ${start}-${size - 1}/${size}`
  return headers
}

function etagOf({ url, breaks }: TestExchange): string {
  const isNew = url.searchParams.get('etag') === 'new'
  return isNew ? `"version-${breaks.get(url.href) ?? 0}"` : '"version"'
}

function rangeStart(exchange: TestExchange, size: number): number | null {
  const { incoming, url } = exchange
  const range = /^bytes=(\d+)-$/.exec(incoming.headers.range ?? '')
  if (range === null || url.searchParams.get('ranges') === 'no') return null
  const condition = incoming.headers['if-range']
  if (condition !== undefined && condition !== etagOf(exchange)) return null
  const start = Number(range[1])
  return start < size ? start : null
}

async function writeBytes(
  outgoing: ServerResponse,
  part: { start: number; stop: number; pace: number },
): Promise<void> {
  const closed = once(outgoing, 'close')
  for (let at = part.start; at < part.stop && !outgoing.destroyed; at += chunkBytes) {
    const chunk = testFileBytes(at, Math.min(part.stop, at + chunkBytes))
    const isFlushed = outgoing.write(chunk)
    if (part.pace > 0) await wait(part.pace)
    else if (!isFlushed) await Promise.race([once(outgoing, 'drain'), closed])
  }
}
