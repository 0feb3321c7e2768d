import type { Lane } from './gated-request.ts'

/** A request that waits for a slot: `since` is when it was first asked for. */
export type Waiting = { lane: Lane; since: number }

/**
 * How long polling and the background let others go first. Without an end to it a long upload
 * would starve them; one request each ten seconds costs a tenth of the window.
 */
const patienceMs = 10_000

/** The requests that wait, lane by lane, first come first served inside a lane. */
export class LaneQueue<Item extends Waiting> {
  #items: Item[] = []
  #lastPatientAt = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#items.length
  }

  get items(): readonly Item[] {
    return this.#items
  }

  /** An item that was taken out and comes back with its old `since` gets its old place. */
  add(item: Item): void {
    this.#items.push(item)
  }

  /** Whether it was there. */
  remove(item: Item): boolean {
    const at = this.#items.indexOf(item)
    if (at >= 0) this.#items.splice(at, 1)
    return at >= 0
  }

  removeWhere(isGone: (item: Item) => boolean): void {
    this.#items = this.#items.filter((item) => !isGone(item))
  }

  /** Who is next at `now`. */
  next(now: number): Item | undefined {
    const person = this.first('person')
    return person ?? this.#patient(now) ?? this.first('transfer') ?? this.#rest()
  }

  /** Takes out what `next` named. */
  take(item: Item, now: number): void {
    if (item === this.#patient(now)) this.#lastPatientAt = now
    this.remove(item)
  }

  /** The first of one lane. */
  first(lane: Lane): Item | undefined {
    let found: Item | undefined
    for (const item of this.#items) {
      if (item.lane === lane && (!found || item.since < found.since)) found = item
    }
    return found
  }

  count(): Record<Lane, number> {
    const counts = { person: 0, transfer: 0, polling: 0, background: 0 }
    for (const item of this.#items) counts[item.lane] += 1
    return counts
  }

  #rest(): Item | undefined {
    return this.first('polling') ?? this.first('background')
  }

  #patient(now: number): Item | undefined {
    if (now - this.#lastPatientAt < patienceMs) return undefined
    const waited = (item: Item | undefined) => item && now - item.since >= patienceMs
    const [polling, background] = [this.first('polling'), this.first('background')]
    return waited(polling) ? polling : waited(background) ? background : undefined
  }
}
