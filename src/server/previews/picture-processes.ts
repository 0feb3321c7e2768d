import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { EmbeddedJpeg } from '#contract/embedded-jpegs.ts'
import { PreviewFailure, type PreviewProblem } from './preview-failure.ts'

/** `side` null: only what is known of the picture. `raw`: of a preview in it. `isPaper`: of a PDF's first page. */
export type PictureJob = {
  path: string
  side: number | null
  maxPixels: number
  raw?: RawPreviews
  isPaper?: true
}

/** The JPEGs in a raw photo, and how it lies, as EXIF counts that. */
export type RawPreviews = { previews: EmbeddedJpeg[]; orientation: number }

/** `width` and `height` as it is shown. */
export type PictureFacts = { width: number; height: number; format: string; exif?: Uint8Array }

/** `bytes` are WebP; `width` and `height` those of the picture that it was made of. */
export type MadeThumbnail = { bytes: Uint8Array; width: number; height: number }

type Answer = { done?: unknown; failed?: string; missing?: string; problem?: PreviewProblem }

/** Decoding in another process: a picture that crashes it, hangs it or fills it does no harm here. */
export type PictureProcesses = {
  /** WebP, and how large the picture itself is. @throws PreviewFailure; the signal's reason */
  thumbnail(path: string, side: number, signal: AbortSignal): Promise<MadeThumbnail>
  /** The same of the smallest preview that is large enough, else of the largest. */
  rawThumbnail(
    path: string,
    raw: RawPreviews & { side: number },
    signal: AbortSignal,
  ): Promise<MadeThumbnail>
  /** The same of the first page of a PDF. */
  firstPage(path: string, side: number, signal: AbortSignal): Promise<MadeThumbnail>
  /** @throws PreviewFailure; the signal's reason */
  facts(path: string, signal: AbortSignal): Promise<PictureFacts>
  /** Ends them all. */
  close(): Promise<void>
}

export type PictureLimits = {
  /** Of the picture, not of its thumbnail. */
  maxPixels: number
  timeoutMs: number
  /** Of each process, in bytes: what it has asked the system for, not what it might. */
  memoryBytes: number
  /** How long one waits for the next picture before it ends. */
  idleMs: number
  /** After so many it ends: libraries keep what they once had. */
  maxJobs: number
}

export const pictureLimits: PictureLimits = {
  maxPixels: 100_000_000,
  timeoutMs: 20_000,
  memoryBytes: 1024 ** 3,
  idleMs: 15_000,
  maxJobs: 500,
}

const program = join(import.meta.dirname, 'picture-process.js')

/** As many as are asked for at once: who calls sees to it that those are few. */
export function createPictureProcesses(limits: PictureLimits): PictureProcesses {
  const idle: Worker[] = []
  const all = new Set<Worker>()

  async function run(job: Omit<PictureJob, 'maxPixels'>, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted()
    const worker = idle.pop() ?? start()
    worker.stopWaiting()
    try {
      return await worker.run({ ...job, maxPixels: limits.maxPixels }, signal)
    } finally {
      if (worker.isFit() && all.has(worker)) rest(worker)
      else await end(worker)
    }
  }

  function start(): Worker {
    const worker = createWorker(limits)
    all.add(worker)
    return worker
  }

  function rest(worker: Worker): void {
    idle.push(worker)
    worker.waitAtMost(limits.idleMs, () => {
      idle.splice(idle.indexOf(worker), 1)
      void end(worker)
    })
  }

  async function end(worker: Worker): Promise<void> {
    await worker.kill()
    all.delete(worker)
  }

  return {
    thumbnail: async (path, side, signal) => (await run({ path, side }, signal)) as MadeThumbnail,
    async rawThumbnail(path, { side, previews, orientation }, signal) {
      const raw = { previews, orientation }
      return (await run({ path, side, raw }, signal)) as MadeThumbnail
    },
    firstPage: async (path, side, signal) =>
      (await run({ path, side, isPaper: true }, signal)) as MadeThumbnail,
    facts: async (path, signal) => (await run({ path, side: null }, signal)) as PictureFacts,
    async close() {
      idle.length = 0
      await Promise.all([...all].map(end))
    },
  }
}

type Worker = {
  run(job: PictureJob, signal: AbortSignal): Promise<unknown>
  isFit(): boolean
  waitAtMost(ms: number, giveUp: () => void): void
  stopWaiting(): void
  kill(): Promise<void>
}

function createWorker({ memoryBytes, timeoutMs, maxJobs }: PictureLimits): Worker {
  const child = startChild(memoryBytes)
  const exited = once(child, 'exit').catch(() => undefined)
  let [jobs, isFit] = [0, true]
  let waiting: NodeJS.Timeout | undefined
  child.unref()
  child.channel?.unref()

  return {
    async run(job, signal) {
      jobs += 1
      isFit = false
      const ending = new AbortController()
      const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const options = { signal: AbortSignal.any([stop, ending.signal]) }
      const answered = once(child, 'message', options)
      const died = once(child, 'exit', options).then(() => [null])
      for (const one of [answered, died]) one.catch(() => undefined)
      try {
        child.send(job, (error) => error && ending.abort(error))
        const [answer] = (await Promise.race([answered, died])) as [Answer | null]
        isFit = answer !== null && answer.missing === undefined && jobs < maxJobs
        return resultOf(answer)
      } catch (error) {
        signal.throwIfAborted()
        if (!stop.aborted) throw error
        throw new PreviewFailure('gave up', `no picture within ${timeoutMs} ms`)
      } finally {
        ending.abort()
      }
    },
    isFit: () => isFit && child.exitCode === null && child.signalCode === null,
    waitAtMost(ms, giveUp) {
      waiting = setTimeout(giveUp, ms)
      waiting.unref()
    },
    stopWaiting: () => clearTimeout(waiting),
    async kill() {
      clearTimeout(waiting)
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** @throws PreviewFailure */
function resultOf(answer: Answer | null): unknown {
  if (answer === null) throw new PreviewFailure('gave up', 'the process of the picture died')
  if (answer.missing !== undefined) throw new PreviewFailure('no sharp', answer.missing)
  const { failed, problem = 'unreadable' } = answer
  if (failed !== undefined) throw new PreviewFailure(problem, failed)
  return answer.done
}

function startChild(memoryBytes: number): ChildProcess {
  const script = `ulimit -d ${Math.floor(memoryBytes / 1024)} 2>/dev/null; exec "$@"`
  const node = [process.execPath, '--max-old-space-size=64', '--max-semi-space-size=2', program]
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...node], {
    cwd: '/',
    env: { MALLOC_ARENA_MAX: '2', VIPS_CONCURRENCY: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  // A process that cannot start, or a channel that breaks, shows as its exit.
  child.on('error', () => undefined)
  return child
}
