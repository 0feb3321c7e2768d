import type { Clock } from '#app/lib/clock.ts'
import type { RetryPause } from '#app/lib/retry.ts'

type Event = { at: number; run: () => void; isCancelled: boolean }

/** A clock that a test moves. It goes from event to event, so an hour passes in milliseconds. */
export class ManualClock implements Clock {
  #now: number
  #events: Event[] = []

  constructor(startsAt = 0) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, run: () => void): () => void {
    const event = { at: this.#now + Math.max(0, delayMs), run, isCancelled: false }
    // Sorted by time; events of one moment run in the order they were added.
    let index = this.#events.length
    while (index > 0 && (this.#events[index - 1]?.at ?? 0) > event.at) index -= 1
    this.#events.splice(index, 0, event)
    return () => {
      event.isCancelled = true
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  /** Lets `ms` pass, and runs what is due at its time. */
  advance(ms: number): Promise<void> {
    return this.runUntil(this.#now + ms)
  }

  /** Jumps, as a machine that slept does: what was due meanwhile runs late. */
  jump(ms: number): Promise<void> {
    this.#now += ms
    return this.runUntil(this.#now)
  }

  /** Lets time pass until `work` settles. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const note = () => {
      isDone = true
    }
    work.then(note, note)
    await runMicrotasks()
    while (!isDone && (await this.#step(Number.POSITIVE_INFINITY)));
    return work
  }

  async runUntil(moment: number): Promise<void> {
    await runMicrotasks()
    while (await this.#step(moment));
    this.#now = Math.max(this.#now, moment)
  }

  /** Runs the next event up to `moment`; false if there is none. */
  async #step(moment: number): Promise<boolean> {
    const next = this.#events[0]
    if (!next || next.at > moment) return false
    this.#events.shift()
    if (next.isCancelled) return true
    this.#now = Math.max(this.#now, next.at)
    next.run()
    await runMicrotasks()
    return true
  }
}

// Enough for the longest chain of promises between two events.
async function runMicrotasks() {
  for (let turn = 0; turn < 12; turn += 1) await null
}

/** Runs everything that waits for nothing but promises. */
export const settle = () => new Promise((resolve) => setTimeout(resolve))

/** A clock, and retry pauses that the test ends: each of `pauses` ends one. */
export function manualTime() {
  const clock = new ManualClock()
  const pauses: (() => Promise<void>)[] = []
  const retryPause: RetryPause = (_failures, signal) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      pauses.push(async () => {
        resolve(false)
        await settle()
      })
    })
  async function passTime(ms: number) {
    await clock.jump(ms)
    await settle()
  }
  return { clock, passTime, retryPause, pauses }
}
