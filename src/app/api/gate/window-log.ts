import { rateLimitDefault } from '#contract/rate-limit.ts'
import { createServerClock, explainReading, type Facts, type Reading } from './explain-reading.ts'
import type { Purpose } from './gated-request.ts'
import { type Slot, windowMs } from './gated-request.ts'

/** A request at the very boundary is refused by rounding: one that is 50 ms late is not. */
export const marginMs = 50
/** The longest that a request is believed to take to the server. */
export const transitMaxMs = 2_000

// Until an answer taught better.
const transitGuessMs = 250
// Requests that never end must not keep the log for ever.
const longestAnswerMs = 600_000
// A server that counts one or two differently is no reason to forget own sends.
const forgivenSlots = 2

/** All that a log knows, as one tab tells it to another. */
export type WindowLogState = {
  limit: number
  heardAt: number | null
  transitMs: number
  slots: Slot[]
}

/** Own sends of the server's sliding window, and those of other programs as far as headers betray them. */
export class WindowLog {
  #slots: Slot[] = []
  #limit = rateLimitDefault
  #limitSentAt = Number.NEGATIVE_INFINITY
  #heardAt: number | null = null
  #transitMs = transitGuessMs
  #noticed = 0
  readonly #serverClock = createServerClock()

  get limit(): number {
    return this.#limit
  }

  /** When the newest of the answered requests had been sent; null before the first answer. */
  get heardAt(): number | null {
    return this.#heardAt
  }

  /** Everything remembered, also what is free already: late answers are explained by it. */
  get slots(): readonly Slot[] {
    return this.#slots
  }

  taken(now: number): Slot[] {
    return this.#slots.filter((slot) => slot.freesAt > now)
  }

  /** A request starts now and may take a slot. */
  add(slot: { id: string; purpose: Purpose; sentAt: number }): void {
    this.#prune(slot.sentAt)
    const freesAt = slot.sentAt + this.#transitMs + windowMs + marginMs
    this.#slots.push({ ...slot, endedAt: null, isAccepted: false, freesAt })
  }

  /** It was not sent, or it was refused: it took no slot. */
  remove(id: string): void {
    this.#slots = this.#slots.filter((slot) => slot.id !== id)
  }

  /** The connection broke: the server may have counted it. */
  fail(id: string, at: number): void {
    const slot = this.#find(id)
    if (slot) slot.endedAt = at
  }

  /** Answered and accepted. An upload's answer comes long after the server counted it. */
  accept(
    id: string,
    { at, tookMs, purpose }: { at: number; tookMs: number; purpose: Purpose },
  ): void {
    const slot = this.#find(id)
    if (!slot) return
    // Only a long upload's answer says nothing of when the server counted it.
    const isShort = tookMs <= transitMaxMs
    if (isShort) this.#transitMs = Math.max(tookMs, this.#transitMs * 0.9)
    const leftAt = Math.max(slot.sentAt, at - tookMs)
    slot.purpose = purpose
    slot.endedAt = at
    slot.isAccepted = true
    slot.freesAt = leftAt + (isShort ? tookMs : this.#transitMs) + windowMs + marginMs
  }

  /** Learns from an answer's headers; accept or remove its own slot first. */
  read(reading: Reading): void {
    const { rateLimit, sentAt } = reading
    if (sentAt >= this.#limitSentAt) {
      this.#limit = Math.max(1, rateLimit.limit)
      this.#limitSentAt = sentAt
    }
    const since = Math.max(this.#heardAt ?? Number.NEGATIVE_INFINITY, reading.receivedAt - windowMs)
    const facts = explainReading(this.#slots, reading)
    this.#serverClock.learn(rateLimit.resetAt, facts.oldestFrees)
    const missing = facts.othersAtLeast - facts.othersPossible.length
    this.#addOthers(missing, { since, at: reading.receivedAt })
    this.#forget(facts)
    this.#renewOthers(reading.receivedAt)
    this.#dateOldestOther(reading)
    this.#prune(reading.receivedAt)
  }

  /** Any answer came: the request that it answers was sent at `sentAt`. */
  hear(sentAt: number): void {
    this.#heardAt = Math.max(this.#heardAt ?? sentAt, sentAt)
  }

  /** What was known before a reload, or more slots than the usual limit would hold up the first request. */
  recallLimit(limit: number): void {
    this.#limit = limit
  }

  state(): WindowLogState {
    return {
      limit: this.#limit,
      heardAt: this.#heardAt,
      transitMs: this.#transitMs,
      slots: this.#slots.map((slot) => ({ ...slot })),
    }
  }

  /** Takes over what another tab knows. */
  load(state: WindowLogState): void {
    this.#slots = state.slots
    this.#limit = state.limit
    this.#heardAt = state.heardAt
    this.#transitMs = state.transitMs
  }

  /** Adds the slots that this log has not seen; headers may have betrayed them already, as another's. */
  merge(slots: readonly Slot[]): void {
    for (const slot of slots) {
      if (this.#find(slot.id)) continue
      this.#slots.push(slot)
      const isBetrayed = (other: Slot) => other.purpose === 'other' && other.sentAt >= slot.sentAt
      const betrayed = slot.purpose === 'other' ? undefined : this.#slots.find(isBetrayed)
      if (betrayed) this.remove(betrayed.id)
    }
  }

  #find(id: string): Slot | undefined {
    return this.#slots.find((slot) => slot.id === id)
  }

  #addOthers(count: number, { since, at }: { since: number; at: number }): void {
    for (let added = 0; added < count; added += 1) {
      this.#noticed += 1
      this.#slots.push({
        id: `other-${at}-${this.#noticed}`,
        purpose: 'other',
        sentAt: at,
        since,
        endedAt: at,
        isAccepted: true,
        freesAt: at + windowMs + marginMs,
      })
    }
  }

  /** The server counted fewer than are believed: the oldest are gone from its window. */
  #forget({ othersEarlier, othersAtMost, ownSure, taken }: Facts): void {
    const gone = new Set(othersEarlier.slice(0, Math.max(0, othersEarlier.length - othersAtMost)))
    const surplus = ownSure.length - taken
    // Own ones too: a server that started anew, or a machine that slept.
    if (surplus > forgivenSlots) for (const slot of ownSure.slice(0, surplus)) gone.add(slot)
    if (gone.size > 0) this.#slots = this.#slots.filter((slot) => !gone.has(slot))
  }

  /**
   * Still as many as before: one that may have left by now has perhaps been replaced by a newer one. Until
   * an answer counts fewer, it stays.
   */
  #renewOthers(at: number): void {
    for (const slot of this.#slots) {
      const mayHaveLeft = slot.purpose === 'other' && (slot.since ?? at) + windowMs <= at
      if (mayHaveLeft && slot.freesAt > at) slot.freesAt = at + windowMs + marginMs
    }
  }

  /** `Retry-After` and `Reset` date the window's oldest slot: where that is none of ours, another's. */
  #dateOldestOther({ rateLimit, receivedAt }: Reading): void {
    const { resetAt, retryAfter } = rateLimit
    const byReset = this.#serverClock.latest(resetAt) ?? Number.POSITIVE_INFINITY
    const byRetry = retryAfter === null ? byReset : receivedAt + retryAfter * 1_000
    const frees = Math.max(receivedAt, Math.min(byReset, byRetry))
    const taken = this.taken(receivedAt)
    const isOwn = taken.some((slot) => slot.purpose !== 'other' && slot.sentAt + windowMs <= frees)
    if (isOwn) return
    const others = taken.filter((slot) => slot.purpose === 'other')
    const oldest = others.sort((a, b) => a.freesAt - b.freesAt)[0]
    if (oldest) oldest.freesAt = Math.min(oldest.freesAt, frees + marginMs)
  }

  #prune(now: number): void {
    let needed = now
    for (const slot of this.#slots) {
      if (slot.endedAt === null) needed = Math.min(needed, slot.sentAt)
    }
    const before = Math.max(needed, now - longestAnswerMs)
    if (this.#slots.some((slot) => lastExplains(slot) <= before)) {
      this.#slots = this.#slots.filter((slot) => lastExplains(slot) > before)
    }
  }
}

/** Until when the server may have it in its window, however late it was counted. */
function lastExplains({ freesAt, endedAt }: Slot): number {
  return Math.max(freesAt, (endedAt ?? freesAt) + windowMs)
}
