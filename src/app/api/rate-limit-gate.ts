import { type RateLimitReading, rateLimitDefault } from '#contract/rate-limit.ts'
import { browserClock, type Clock } from './clock.ts'

/** Who goes first: what a person waits for, the start of a transfer, polling, everything else. */
export const lanes = ['person', 'transfer', 'polling', 'background'] as const
export type Lane = (typeof lanes)[number]

/** What a request is for, as the popover draws the last 60 seconds. */
export type Purpose = 'browsing' | 'uploads' | 'imports' | 'account'

export type GateAsk = {
  lane: Lane
  purpose: Purpose
  /** Gives the place in the queue back; a request that is on its way is its sender's to stop. */
  signal?: AbortSignal
  /** Lower goes first inside the lane; without it, first come first served. */
  order?: () => number
}

/** What the gate reads from an answer; `rateLimit` is null where the headers were missing. */
export type GatedAnswer = { status: number; rateLimit: RateLimitReading | null }

export type GateSnapshot = {
  /** Requests allowed in 60 seconds, as the headers say. */
  limit: number
  /** Slots that are free now. */
  remaining: number
  /** When the next slot frees, by `gate.now()`; null while none is taken. */
  nextSlotAt: number | null
  /** Requests held back, by lane. */
  waiting: Record<Lane, number>
  /** How long the last of those waits from now, about. */
  waitsMs: number
  /** Until when a 429 closed the gate, by `gate.now()`; null while it is open. */
  closedUntil: number | null
  /** Slots that other programs took in the last 60 seconds. */
  otherPrograms: number
  /** How many 429s there were; goes up once a refusal, so that a person is told once. */
  refusals: number
  /** The last 60 seconds, oldest first; `at` by `gate.now()`. */
  recent: { at: number; purpose: Purpose | 'other' }[]
}

export type RateLimitGate = {
  /**
   * Sends when a slot is free. A 429 is waited out and sent again by the gate.
   * Throws what `send` throws, and AbortError when `signal` fires while waiting.
   */
  run<T extends GatedAnswer>(ask: GateAsk, send: () => Promise<T>): Promise<T>
  /** A person did something: eight slots stay free for the person lane for 15 s. */
  notePersonActive(): void
  /** How long `requests` transfers take from now, in ms, if only the window counts. */
  estimateMs(requests: number): number
  /** The gate's own clock, for countdowns to `nextSlotAt` and `closedUntil`. */
  now(): number
  subscribe(listener: () => void): () => void
  getSnapshot(): GateSnapshot
  /** Shares the window with the other tabs of this key. `keyId` is the key's public id. */
  join(keyId: string): void
  /** Waiting requests end with AbortError; nothing is sent any more. */
  close(): void
}

export type GateParts = { clock?: Clock; random?: () => number }

const windowMs = 60_000
const marginMs = 50

type Place = { ask: GateAsk; start: () => void }

/** Makes the gate that every call with one key passes. */
export function createRateLimitGate({ clock = browserClock }: GateParts = {}): RateLimitGate {
  let limit = rateLimitDefault
  let sends: { at: number; purpose: Purpose }[] = []
  let queue: Place[] = []
  let stopTimer = () => {}
  let snapshot: GateSnapshot | null = null
  const listeners = new Set<() => void>()

  function changed() {
    snapshot = null
    for (const listener of listeners) listener()
  }

  function pump() {
    stopTimer()
    const now = clock.now()
    sends = sends.filter((send) => send.at + windowMs + marginMs > now)
    queue.sort((a, b) => lanes.indexOf(a.ask.lane) - lanes.indexOf(b.ask.lane))
    while (queue.length > 0 && sends.length < limit - (queue[0]?.ask.lane === 'person' ? 0 : 1)) {
      queue.shift()?.start()
    }
    const first = sends[0]
    if (first) stopTimer = clock.after(first.at + windowMs + marginMs - now, pump)
    changed()
  }

  function waitForPlace(ask: GateAsk): Promise<void> {
    return new Promise((resolve, reject) => {
      ask.signal?.throwIfAborted()
      const place: Place = {
        ask,
        start() {
          sends.push({ at: clock.now(), purpose: ask.purpose })
          resolve()
        },
      }
      ask.signal?.addEventListener('abort', () => {
        queue = queue.filter((other) => other !== place)
        reject(ask.signal?.reason)
        changed()
      })
      queue.push(place)
      pump()
    })
  }

  return {
    async run(ask, send) {
      await waitForPlace(ask)
      const answer = await send()
      limit = answer.rateLimit?.limit ?? limit
      return answer
    },
    notePersonActive() {},
    estimateMs: (requests) => Math.floor(requests / Math.max(1, limit - 1)) * windowMs,
    now: () => clock.now(),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot() {
      snapshot ??= {
        limit,
        remaining: Math.max(0, limit - sends.length),
        nextSlotAt: sends[0] ? sends[0].at + windowMs : null,
        waiting: {
          person: 0,
          transfer: 0,
          polling: 0,
          background: 0,
          ...Object.fromEntries(
            lanes.map((lane) => [lane, queue.filter((place) => place.ask.lane === lane).length]),
          ),
        },
        waitsMs: 0,
        closedUntil: null,
        otherPrograms: 0,
        refusals: 0,
        recent: sends.map((send) => ({ ...send })),
      }
      return snapshot
    },
    join() {},
    close() {
      stopTimer()
    },
  }
}
