import type { Clock } from '#app/lib/clock.ts'
import type { RateLimitReading } from '#contract/rate-limit.ts'
import { isAdmitted, LaneQueue, nextPacedAt, presenceMs, type Waiting } from './admission.ts'
import { ExternalRequestRate } from './external-request-rate.ts'
import type { Lane, Purpose, Slot } from './gated-request.ts'
import { nextDeadline } from './gated-request.ts'
import { transitMaxMs, WindowLog, type WindowLogState } from './window-log.ts'

/** A request that waits in some tab. */
export type Claim = Waiting & { tab: string; id: string; purpose: Purpose }

/** How a granted slot was used. */
export type SlotReport = {
  slot: string
  purpose: Purpose
  tookMs: number
  /** Null when no answer came. */
  status: number | null
  rateLimit: RateLimitReading | null
  /** Seconds; a 429 may have it without the other headers. */
  retryAfter: number | null
}

export type BrokerState = {
  log: WindowLogState
  closedUntil: number | null
  refusals: number
  activeAt: number | null
  waiting: Record<Lane, number>
}

export type BrokerOptions = {
  clock: Clock
  random: () => number
  /** Hands a slot to the tab that claimed it; its report, or that it went unused, comes back. */
  grant: (claim: Claim, slot: string) => void
  onChange: () => void
}

// "Back off and retry": where a proxy's 429 does not say for how long.
const backOffMs = 10_000
const jitterMs = 1_000

/** Deals the slots of one key's window to the requests of all its tabs. One tab's broker is in charge. */
export class SlotBroker {
  readonly log = new WindowLog()
  readonly #parts: BrokerOptions
  readonly #queue = new LaneQueue<Claim>()
  #waitingElsewhere: Record<Lane, number> | null = null
  #closedUntil: number | null = null
  #refusals = 0
  #activeAt: number | null = null
  readonly #externalRequestRate = new ExternalRequestRate()
  #lastSentAt = Number.NEGATIVE_INFINITY
  #granted = 0
  #isPumping = false
  #stopTimer = () => {}

  constructor(parts: BrokerOptions) {
    this.#parts = parts
  }

  /** All that `tab` waits for now, in place of what it said before. */
  want(tab: string, claims: readonly Claim[]): void {
    this.#queue.removeWhere((claim) => claim.tab === tab)
    for (const claim of claims) this.#queue.add(claim)
    if (claims.some((claim) => claim.lane === 'person')) this.#activeAt = this.#parts.clock.now()
    this.pump()
  }

  notePersonActive(): void {
    this.#activeAt = this.#parts.clock.now()
  }

  /** Nothing was sent with this slot. */
  giveBack(slot: string): void {
    this.log.remove(slot)
    this.pump()
  }

  report(report: SlotReport): void {
    const now = this.#parts.clock.now()
    const sentAt = this.#settle(report, now)
    if (report.rateLimit) {
      const id = report.status === 429 ? null : report.slot
      this.log.read({ id, sentAt, receivedAt: now, rateLimit: report.rateLimit })
    }
    if (report.status !== null) this.log.hear(sentAt)
    this.pump()
  }

  /** Grants what may be sent now and comes back when that changes. */
  pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#stopTimer()
    this.#grantAll()
    this.#isPumping = false
    const wakeAt = this.wakeAt()
    const { clock, onChange } = this.#parts
    if (this.#queue.size > 0 && wakeAt !== null) {
      this.#stopTimer = clock.after(wakeAt - clock.now(), () => this.pump())
    }
    onChange()
  }

  /** When a request that is held back now may be let through at the earliest. */
  wakeAt(): number | null {
    const now = this.#parts.clock.now()
    if (this.#closedUntil !== null && this.#closedUntil > now) return this.#closedUntil
    const moments = this.log.taken(now).map((slot) => slot.freesAt)
    for (const slot of this.log.slots) {
      if (slot.endedAt === null) moments.push(slot.sentAt + transitMaxMs)
    }
    const view = this.#view(now)
    // The pace of others is forgotten from moment to moment.
    if (view.externalRequestRate > 0) moments.push(nextPacedAt(view), now + 1_000)
    if (this.#activeAt !== null) moments.push(this.#activeAt + presenceMs)
    return nextDeadline(now, moments)
  }

  /** Stops dealing: another tab's broker is in charge. */
  rest(): void {
    this.#stopTimer()
    this.#queue.removeWhere(() => true)
  }

  state(): BrokerState {
    return {
      log: this.log.state(),
      closedUntil: this.#closedUntil,
      refusals: this.#refusals,
      activeAt: this.#activeAt,
      waiting:
        this.#queue.size > 0 || !this.#waitingElsewhere
          ? this.#queue.count()
          : this.#waitingElsewhere,
    }
  }

  /** Takes over what the broker in charge told. */
  load(state: BrokerState): void {
    this.log.load(state.log)
    this.#closedUntil = state.closedUntil
    this.#refusals = state.refusals
    this.#activeAt = state.activeAt
    this.#waitingElsewhere = state.waiting
    this.#parts.onChange()
  }

  /** Slots that another tab took without this broker. */
  merge(slots: readonly Slot[]): void {
    this.log.merge(slots)
    const isAlone = !this.log.taken(this.#parts.clock.now()).some(isOther)
    if (isAlone) this.#externalRequestRate.forget()
    this.pump()
  }

  #grantAll(): void {
    const now = this.#parts.clock.now()
    this.#waitingElsewhere = null
    if (this.#closedUntil !== null && this.#closedUntil > now) return
    this.#closedUntil = null
    for (;;) {
      const claim = this.#queue.next(now)
      if (!claim || !isAdmitted(claim.lane, this.#view(now))) return
      this.#queue.take(claim, now)
      if (claim.lane !== 'person') this.#lastSentAt = now
      this.#granted += 1
      const slot = `${claim.tab}/${this.#granted}/${Math.floor(this.#parts.random() * 1e9)}`
      this.log.add({ id: slot, purpose: claim.purpose, sentAt: now })
      this.#parts.grant(claim, slot)
    }
  }

  #view(now: number) {
    const taken = this.log.taken(now)
    return {
      now,
      limit: this.log.limit,
      taken: taken.length,
      externalRequestRate: this.#externalRequestRate.at(
        now,
        taken.filter(isOther),
        this.log.heardAt,
      ),
      heardAt: this.log.heardAt,
      activeAt: this.#activeAt,
      lastSentAt: this.#lastSentAt,
      openSends: taken.filter((slot) => slot.endedAt === null && now - slot.sentAt < transitMaxMs)
        .length,
    }
  }

  /** Writes the outcome into the log; answers the request's earliest start. */
  #settle({ slot, purpose, tookMs, status, retryAfter }: SlotReport, now: number): number {
    // A broker that took over may not have heard of the slot.
    const known = this.log.slots.find(({ id }) => id === slot)
    const sentAt = known?.sentAt ?? now - tookMs
    if (!known) this.log.add({ id: slot, purpose, sentAt })
    if (status === null) this.log.fail(slot, now)
    else if (status === 429) this.#refuse(slot, retryAfter, now)
    else this.log.accept(slot, { at: now, tookMs, purpose })
    return sentAt
  }

  #refuse(slot: string, retryAfter: number | null, now: number): void {
    this.log.remove(slot)
    if (this.#closedUntil === null || this.#closedUntil <= now) this.#refusals += 1
    const waitMs = retryAfter === null ? backOffMs : retryAfter * 1_000
    const until = now + waitMs + this.#parts.random() * jitterMs
    this.#closedUntil = Math.max(this.#closedUntil ?? 0, until)
  }
}

function isOther({ purpose }: Slot): boolean {
  return purpose === 'other'
}
