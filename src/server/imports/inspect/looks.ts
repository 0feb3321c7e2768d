import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { Mutex, Semaphore } from '#server/core/semaphore.ts'
import type { Look } from './inspect-source.ts'

/** `isFresh`: what was found before does not count. */
export type LookAsked = { userId: string; signal: AbortSignal; isFresh?: boolean }

export type Looks = {
  /**
   * What a link leads to, from the last minutes or by a look of its own, which others who ask for the same
   * meanwhile share.
   * @throws the signal's reason; what the look throws; ApiFailure `unavailable` where too many wait
   */
  at(url: URL, asked: LookAsked): Promise<Look>
  /** Ends all looks that are under way, and resolves once their programs have ended. */
  stop(): Promise<void>
}

const atOnce = 2
const waitingMaxOfOne = 8
const keptMs = { found: 5 * 60_000, failed: 10_000 }
const keptMax = 50
const keptEntriesMax = 25_000

/** A gateway waits for a minute. */
const answerMs = 57_000

type Shared = {
  look: Promise<Look>
  stop: AbortController
  askers: number
  /** Null while it is under way. */
  until: number | null
  entries: number
}

/**
 * Bounds looks: one at a time for a person, two for all. Each is a program, with a page in memory. An answer is
 * kept for a while, so that the pages of a list do not open its source again; a look that nobody waits for
 * any more is ended.
 */
export function createLooks(
  { clock }: { clock: Pick<Clock, 'monotonic'> },
  inspect: (url: URL, signal: AbortSignal) => Promise<Look>,
): Looks {
  const places = new Semaphore(atOnce)
  const ofUsers = new Map<string, Mutex>()
  /** By person and address, the oldest first. */
  const kept = new Map<string, Shared>()

  async function run(url: URL, userId: string, stop: AbortController): Promise<Look> {
    const own = ofUsers.get(userId) ?? new Mutex()
    ofUsers.set(userId, own)
    if (own.waiting >= waitingMaxOfOne) throw tooMany
    await own.acquire()
    await places.acquire()
    try {
      stop.signal.throwIfAborted()
      return await inspect(url, stop.signal)
    } finally {
      places.release()
      own.release()
      if (own.isIdle) ofUsers.delete(userId)
    }
  }

  function begin(name: string, url: URL, userId: string): Shared {
    const stop = new AbortController()
    const look = run(url, userId, stop)
    const shared: Shared = { look, stop, askers: 0, until: null, entries: 0 }
    kept.set(name, shared)
    const forget = () => {
      if (kept.get(name) === shared) kept.delete(name)
    }
    stop.signal.addEventListener('abort', forget)
    look.then((found) => {
      shared.until = clock.monotonic() + keptMs[found.kind === 'none' ? 'failed' : 'found']
      shared.entries = found.kind === 'list' ? found.entries.length : 0
      makeRoom()
    }, forget)
    return shared
  }

  function makeRoom(): void {
    const ended = [...kept].filter(([, { until }]) => until !== null).toReversed()
    let entries = 0
    for (const [index, [name, one]] of ended.entries()) {
      entries += one.entries
      const isOld = (one.until ?? 0) <= clock.monotonic()
      if (isOld || index >= keptMax || entries > keptEntriesMax) kept.delete(name)
    }
  }

  return {
    async at(url, { userId, signal, isFresh }) {
      signal.throwIfAborted()
      const name = `${userId} ${url.href}`
      const known = kept.get(name)
      const counts =
        known && (known.until === null || (!isFresh && known.until > clock.monotonic()))
      const shared = counts ? known : begin(name, url, userId)
      shared.askers += 1
      const gone = Promise.withResolvers<never>()
      const leave = () => gone.reject(signal.reason)
      signal.addEventListener('abort', leave)
      const timer = setTimeout(() => gone.reject(tooSlow), answerMs)
      try {
        return await Promise.race([shared.look, gone.promise])
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', leave)
        shared.askers -= 1
        if (shared.askers === 0 && shared.until === null) {
          shared.stop.abort(new DOMException('Nobody waits for that look any more.', 'AbortError'))
        }
      }
    },
    async stop() {
      const under = [...kept.values()]
      for (const { stop } of under) stop.abort(ending)
      await Promise.allSettled(under.map(({ look }) => look))
    },
  }
}

const tooMany = new ApiFailure('unavailable', 'Too many looks of yours wait. Ask again later.')
const tooSlow = new ApiFailure('unavailable', 'That look takes too long. Try it again later.')
const ending = new ApiFailure('unavailable', 'The server is being ended. Ask again later.')
