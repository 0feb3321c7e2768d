import { joinTabGroup, type TabEnvironment, type TabGroup } from '#app/api/tabs/tab-group.ts'
import type { Clock } from '#app/lib/clock.ts'
import type { GatedAnswer, Purpose } from './gated-request.ts'
import { type Slot, shiftSlots } from './gated-request.ts'
import type { BrokerState, Claim, SlotBroker, SlotReport } from './slot-broker.ts'

/** What tabs tell one another. Times are ages: each tab has a clock of its own. */
type GateMessage =
  | { type: 'want'; claims: Omit<Claim, 'tab'>[] }
  | { type: 'active' }
  | { type: 'grant'; to: string; claim: Pick<Claim, 'id' | 'lane'>; slot: string }
  | { type: 'granted'; slot: string }
  | { type: 'report'; report: SlotReport }
  | { type: 'unused'; slot: string }
  | { type: 'window'; state: BrokerState }
  /** Sends that the leader may not know of: from before this tab joined, or while it led. */
  | { type: 'sent'; slots: Slot[] }
  | { type: 'bye' }

export type SharedSlotsOptions = {
  broker: SlotBroker
  clock: Clock
  /** What this tab waits for now; `since` by its clock. */
  wanted: () => Omit<Claim, 'tab'>[]
  /** A slot came; false when nobody wants it any more. */
  onGrant: (claim: Pick<Claim, 'id' | 'lane'>, slot: string) => boolean
}

// A leader that says nothing for so long is frozen or gone.
const silenceMs = 3_000
// A tab that does not take its slot in this time was closed.
const pickUpMs = 1_500
// The leader's own timer goes first; it is slow where its tab is hidden.
const nudgeMs = 20
// So that a claim that the leader lost, in a change of leaders, is not lost for good.
const repeatMs = 2_000

type Role = 'alone' | 'joining' | 'leader' | 'follower'

/**
 * Where the slots for this tab come from: from its own broker while it is alone or leads its group of
 * tabs, else from the leader's. A follower's broker keeps a copy of what the leader's knows.
 */
export class SharedSlots {
  readonly #parts: SharedSlotsOptions
  #group: TabGroup<GateMessage> | null = null
  #role: Role = 'alone'
  #hasCompany = false
  #tabId = 'alone'
  #leaderId: string | null = null
  #isTelling = false
  #isAsking = false
  #stopSilence: (() => void) | null = null
  #stopNudge = () => {}
  readonly #onTheWay = new Map<string, () => void>()

  constructor(parts: SharedSlotsOptions) {
    this.#parts = parts
  }

  /** Shares with the tabs of the same name. */
  join(name: string, environment: TabEnvironment): void {
    this.leave()
    this.#role = 'joining'
    this.#group = joinTabGroup<GateMessage>({
      name,
      environment,
      onMessage: (message, from) => this.#hear(message, from),
      onRole: (isLeader) => this.#play(isLeader),
    })
    this.#parts.broker.want(this.#tabId, [])
    this.#tabId = this.#group.tabId
    // Before asking for anything: a leader that does not know of them would deal the same slots again.
    this.#tellSent()
    this.#tellWants()
  }

  leave(): void {
    this.#group?.post({ type: 'bye' })
    this.#group?.leave()
    this.#group = null
    this.#role = 'alone'
    this.#stopNudge()
    this.#heardLeader()
    for (const stop of this.#onTheWay.values()) stop()
    this.#parts.broker.rest()
  }

  /** What this tab waits for has changed. */
  update(): void {
    if (this.#isDealing()) this.#parts.broker.want(this.#tabId, this.#claims())
    else this.#tellSoon()
  }

  /** Sends with a slot that was granted, and tells whoever deals how it ended. */
  async use<T extends GatedAnswer>(
    slot: string,
    purpose: Purpose,
    send: () => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#parts.clock.now()
    const tell = (answer: GatedAnswer | null) =>
      this.#report({
        slot,
        purpose,
        tookMs: this.#parts.clock.now() - startedAt,
        // XMLHttpRequest says 0 where no answer came.
        status: answer?.status || null,
        rateLimit: answer?.rateLimit ?? null,
        retryAfter: answer?.rateLimit?.retryAfter ?? answer?.retryAfter ?? null,
      })
    try {
      const answer = await send()
      tell(answer)
      return answer
    } catch (error) {
      tell(null)
      throw error
    }
  }

  notePersonActive(): void {
    this.#parts.broker.notePersonActive()
    if (!this.#isDealing()) this.#group?.post({ type: 'active' })
  }

  /** The broker of this tab granted `slot`. */
  grant(claim: Claim, slot: string): void {
    if (claim.tab === this.#tabId) {
      if (!this.#parts.onGrant(claim, slot)) this.#parts.broker.log.remove(slot)
      return
    }
    const { id, lane, tab } = claim
    this.#group?.post({ type: 'grant', to: tab, claim: { id, lane }, slot })
    const stop = this.#parts.clock.after(pickUpMs, () => {
      this.#onTheWay.delete(slot)
      this.#parts.broker.want(claim.tab, [])
    })
    this.#onTheWay.set(slot, stop)
  }

  /** Tells the other tabs what the window looks like, if there are any. */
  tellWindow(): void {
    if (this.#role !== 'leader' || !this.#hasCompany || this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      if (this.#role === 'leader') this.#postWindow()
    })
  }

  #report(report: SlotReport): void {
    if (this.#isDealing()) this.#parts.broker.report(report)
    else this.#group?.post({ type: 'report', report })
  }

  #isDealing(): boolean {
    return this.#role === 'alone' || this.#role === 'leader'
  }

  #claims(): Claim[] {
    return this.#parts.wanted().map((claim) => ({ ...claim, tab: this.#tabId }))
  }

  #play(isLeader: boolean): void {
    this.#role = isLeader ? 'leader' : 'follower'
    this.#leaderId = null
    this.#heardLeader()
    this.#stopNudge()
    if (isLeader) {
      this.#postWindow()
      this.update()
    } else {
      this.#parts.broker.rest()
      this.#tellWants()
    }
  }

  #postWindow(): void {
    const state = shiftState(this.#parts.broker.state(), -this.#parts.clock.now())
    this.#group?.post({ type: 'window', state })
  }

  #tellSoon(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    queueMicrotask(() => {
      this.#isAsking = false
      this.#tellWants()
    })
  }

  #tellWants(): void {
    if (this.#isDealing()) return
    const { clock, wanted, broker } = this.#parts
    const claims = wanted().map((claim) => ({ ...claim, since: claim.since - clock.now() }))
    this.#group?.post({ type: 'want', claims })
    this.#stopNudge()
    if (claims.length === 0) {
      this.#heardLeader()
      return
    }
    this.#stopSilence ??= clock.after(silenceMs, () => this.#group?.takeLead())
    const wakeMs = (broker.wakeAt() ?? Number.POSITIVE_INFINITY) - clock.now() + nudgeMs
    this.#stopNudge = clock.after(Math.min(wakeMs, repeatMs), () => this.#tellWants())
  }

  #tellSent(): void {
    const { broker, clock } = this.#parts
    // What looked like another program from here may be the leader itself.
    const own = broker.log.slots.filter(({ purpose }) => purpose !== 'other')
    this.#group?.post({ type: 'sent', slots: shiftSlots(own, -clock.now()) })
  }

  #heardLeader(): void {
    this.#stopSilence?.()
    this.#stopSilence = null
  }

  #hear(message: GateMessage, from: string): void {
    this.#hasCompany = true
    if (this.#isDealing()) this.#serve(message, from)
    else this.#follow(message, from)
  }

  #serve(message: GateMessage, from: string): void {
    const { broker, clock } = this.#parts
    if (message.type === 'want') {
      const now = clock.now()
      broker.want(
        from,
        message.claims.map((claim) => ({ ...claim, since: claim.since + now, tab: from })),
      )
    } else if (message.type === 'active') broker.notePersonActive()
    else if (message.type === 'report') broker.report(message.report)
    else if (message.type === 'unused') this.#takeBack(message.slot)
    else if (message.type === 'granted') this.#pickedUp(message.slot)
    else if (message.type === 'bye') broker.want(from, [])
    else if (message.type === 'sent') broker.merge(shiftSlots(message.slots, clock.now()))
    this.tellWindow()
  }

  #takeBack(slot: string): void {
    this.#pickedUp(slot)
    this.#parts.broker.giveBack(slot)
  }

  #pickedUp(slot: string): void {
    this.#onTheWay.get(slot)?.()
    this.#onTheWay.delete(slot)
  }

  #follow(message: GateMessage, from: string): void {
    const { broker, clock, onGrant } = this.#parts
    if (message.type === 'window') {
      const isNewLeader = this.#leaderId !== from
      if (isNewLeader) this.#tellSent()
      this.#role = 'follower'
      this.#leaderId = from
      this.#heardLeader()
      broker.load(shiftState(message.state, clock.now()))
      if (isNewLeader) this.#tellWants()
    } else if (message.type === 'grant' && message.to === this.#tabId) {
      const type = onGrant(message.claim, message.slot) ? 'granted' : 'unused'
      this.#group?.post({ type, slot: message.slot })
    }
  }
}

const shift = <Time extends number | null>(time: Time, by: number) =>
  (time === null ? null : time + by) as Time

function shiftState(state: BrokerState, by: number): BrokerState {
  const { log } = state
  return {
    ...state,
    log: { ...log, heardAt: shift(log.heardAt, by), slots: shiftSlots(log.slots, by) },
    closedUntil: shift(state.closedUntil, by),
    activeAt: shift(state.activeAt, by),
  }
}
