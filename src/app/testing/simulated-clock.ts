import type { Clock } from '#app/lib/clock.ts'

type Event = { at: number; run: () => void; isCancelled: boolean }

/** A clock that goes from event to event: an hour passes in milliseconds, the same each time. */
export class SimulatedClock implements Clock {
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
    // Kept in order; those of one moment run in the order in which they were asked for.
    let place = this.#events.length
    while (place > 0 && (this.#events[place - 1]?.at ?? 0) > event.at) place -= 1
    this.#events.splice(place, 0, event)
    return () => {
      event.isCancelled = true
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  /** Lets `ms` pass, with all that happens in them. */
  advance(ms: number): Promise<void> {
    return this.runUntil(this.#now + ms)
  }

  /** Lets time pass until `work` is done. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const note = () => {
      isDone = true
    }
    work.then(note, note)
    await settle()
    while (!isDone && (await this.#step(Number.POSITIVE_INFINITY)));
    return work
  }

  async runUntil(moment: number): Promise<void> {
    await settle()
    while (await this.#step(moment));
    this.#now = Math.max(this.#now, moment)
  }

  /** Goes to the next event, if there is one until `moment`. */
  async #step(moment: number): Promise<boolean> {
    const next = this.#events[0]
    if (!next || next.at > moment) return false
    this.#events.shift()
    if (next.isCancelled) return true
    this.#now = Math.max(this.#now, next.at)
    next.run()
    await settle()
    return true
  }
}

// As many turns as the longest chain of promises between two events.
async function settle() {
  for (let turn = 0; turn < 12; turn += 1) await null
}
