import type { Lane } from './gated-request.ts'

/** For how long a person who did something counts as being there. */
export const presenceMs = 15_000
/** After this long without an answer the window may look different from what is believed. */
const staleMs = 5_000

/** What the decision needs to know of the window. Times in ms by the app's clock. */
export type WindowView = {
  now: number
  limit: number
  taken: number
  /** Requests per ms that other programs make; 0 while none are known. */
  externalRequestRate: number
  /** When the newest answered request had been sent; null before the first answer. */
  heardAt: number | null
  /** When a person last did something; null when nobody ever did. */
  activeAt: number | null
  /** When the last request that no person waits for was sent. */
  lastSentAt: number
  /** Requests of the last moments that no answer came to. */
  openSends: number
}

const minuteMs = 60_000
const usualLuck = 4
// What nobody waits for need not be sent blindly: it can wait for what a rare rush would take, too.
const blindLuck = 8

/**
 * Whether a request of `lane` may take a slot now. A person takes any slot that is thought to be free;
 * the others leave the person's reserve, and what other programs may take unseen.
 */
export function isAdmitted(lane: Lane, view: WindowView): boolean {
  const free = view.limit - view.taken
  if (lane === 'person') return free > unseen(view, ageOf(view))
  const spare = free - keptForPerson(view)
  // Room for all that others may do in a minute: no need to watch them.
  if (view.externalRequestRate > 0 && spare > unseen(view, minuteMs)) return true
  if (isBlind(view) && view.openSends > 0) return false
  if (view.now < nextPacedAt(view)) return false
  if (!isStale(view)) return spare > unseen(view, ageOf(view))
  return spare > unseen(view, ageOf(view), blindLuck) + (view.taken > 0 ? 1 : 0)
}

/** Eight slots, or a quarter of a small window, while a person is there; one when nobody is. */
function keptForPerson({
  limit,
  activeAt,
  now,
}: Pick<WindowView, 'limit' | 'activeAt' | 'now'>): number {
  const isThere = activeAt !== null && now - activeAt < presenceMs
  return isThere ? Math.min(8, Math.ceil(limit / 4)) : Math.min(1, limit - 1)
}

/**
 * When the next request may go that no person waits for. Beside other programs requests go evenly
 * instead of in a burst: each answer tells anew what they took.
 */
export function nextPacedAt(view: WindowView): number {
  if (view.externalRequestRate === 0) return view.lastSentAt
  const room = view.limit - keptForPerson(view) - view.externalRequestRate * minuteMs
  return view.lastSentAt + Math.min(staleMs, minuteMs / Math.max(1, room))
}

/** Slots that others may take unseen in `ms`: at their pace, and with `deviation` deviations and one more. */
function unseen(
  { externalRequestRate, taken }: WindowView,
  ms: number,
  deviation = usualLuck,
): number {
  // With none of ours in the window, waiting would not make it emptier.
  if (externalRequestRate === 0 || taken === 0) return 0
  const expected = externalRequestRate * Math.min(ms, minuteMs)
  return Math.ceil(expected + deviation * Math.sqrt(expected) + 1)
}

function ageOf({ heardAt, now }: WindowView): number {
  return heardAt === null ? minuteMs : now - heardAt
}

function isStale(view: WindowView): boolean {
  return ageOf(view) > staleMs
}

/** Nothing was heard for a while and the window is filling: one request goes first, its answer tells. */
function isBlind(view: WindowView): boolean {
  return isStale(view) && (view.externalRequestRate > 0 || view.taken > view.limit / 2)
}

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
