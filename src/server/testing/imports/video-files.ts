import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

export type TestExchange = {
  incoming: IncomingMessage
  outgoing: ServerResponse
  url: URL
  /** The folder of the test video. */
  media: string
  /** How often each breaking file broke already, by path and query. */
  breaks: Map<string, number>
  /** By the name of a list: how many entries it has now. */
  feeds: ReadonlyMap<string, () => number>
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

const run = promisify(execFile)

/** The variants of the test video; `width` is what a 16:9 picture of that height has. */
export const testVideoVariants = [
  { height: 360, width: 640, bandwidth: 400_000 },
  { height: 720, width: 1280, bandwidth: 900_000 },
  { height: 1080, width: 1920, bandwidth: 1_800_000 },
] as const

export const testVideoSeconds = 6

/**
 * The folder with the test video: `<height>/index.m3u8` and its one-second segments, `film.mp4` of 360
 * lines, `silent.mp4` without its sound, `sound.m4a` alone, and `poster.jpg`.
 * ffmpeg makes it once; every later run, and every process at the same time, reads the same folder.
 * @param ffmpeg the program to run
 */
export async function makeTestVideoMedia(ffmpeg = 'ffmpeg'): Promise<string> {
  const folder = join(tmpdir(), 'barkeep-test-video-v3')
  if (await exists(folder)) return folder
  // Made aside and renamed: another process never sees half a video.
  const making = await mkdtemp(`${folder}-`)
  await Promise.all([...testVideoVariants.map((v) => makeVariant(ffmpeg, making, v)), makePoster()])
  await makeFilms(ffmpeg, making)
  await rename(making, folder).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true })
    if (!(await exists(folder))) throw error
  })
  return folder

  async function makePoster() {
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=1', '-frames:v', '1']
    await run(ffmpeg, ['-v', 'error', ...picture, join(making, 'poster.jpg')])
  }
}

async function makeVariant(
  ffmpeg: string,
  folder: string,
  variant: (typeof testVideoVariants)[number],
): Promise<void> {
  const target = join(folder, String(variant.height))
  await mkdir(target)
  const size = `${variant.width}x${variant.height}`
  await run(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=15`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440', '-t', String(testVideoSeconds)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '15'],
    ...['-c:a', 'aac', '-b:a', '64k'],
    ...['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', '-hls_playlist_type', 'vod'],
    join(target, 'index.m3u8'),
  ])
  // ffmpeg writes the list last, so a list without its end is a failed run.
  const list = join(target, 'index.m3u8')
  const text = await readFile(list, 'utf8')
  if (!text.includes('#EXT-X-ENDLIST')) await writeFile(list, `${text}#EXT-X-ENDLIST\n`)
}

async function makeFilms(ffmpeg: string, folder: string): Promise<void> {
  const copy = ['-v', 'error', '-i', join(folder, '360/index.m3u8'), '-c', 'copy']
  const fix = ['-bsf:a', 'aac_adtstoasc']
  await run(ffmpeg, [...copy, ...fix, join(folder, 'film.mp4')])
  await run(ffmpeg, [...copy, '-an', join(folder, 'silent.mp4')])
  await run(ffmpeg, [...copy, ...fix, '-vn', join(folder, 'sound.m4a')])
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
