import { browserTab } from '#app/api/tabs/browser-tab.ts'
import type { TabSurroundings } from '#app/api/tabs/tab-group.ts'
import type { RateLimitReading } from '#contract/rate-limit.ts'
import type { Slot } from './explain-reading.ts'
import { changesAt, estimateWaitMs, takeSnapshot } from './gate-snapshot.ts'
import { shiftSlots } from './kept-window.ts'
import { SharedSlots } from './shared-slots.ts'
import { SlotBroker } from './slot-broker.ts'
import { WaitingRequests } from './waiting-requests.ts'

/** Who goes first: what a person waits for, the start of a transfer, polling, everything else. */
export type Lane = 'person' | 'transfer' | 'polling' | 'background'

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
export type GatedAnswer = {
  status: number
  rateLimit: RateLimitReading | null
  /** Seconds, for a proxy's 429 that has no other header. */
  retryAfter?: number | null
}

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
  /** The window's slots with their times as ages, to carry them over a reload. */
  keep(): Slot[]
  /** Slots that the page before this one took; times are ages. */
  takeOver(slots: readonly Slot[]): void
  /** Shares the window with the other tabs of this key. `keyId` is the key's public id. */
  join(keyId: string): void
  /** Waiting requests end with AbortError; nothing is sent any more. */
  close(): void
}

export type GateParts = Partial<TabSurroundings>

/** Makes the gate that every call with one key passes. */
export function createRateLimitGate(parts: GateParts = {}): RateLimitGate {
  const around: TabSurroundings = { ...browserTab(), ...parts }
  const { clock } = around
  const listeners = new Set<() => void>()
  let snapshot: GateSnapshot | null = null
  let validUntil = 0
  let stopTick = () => {}

  const waiting = new WaitingRequests(() => slots.update())
  const broker: SlotBroker = new SlotBroker({
    clock,
    random: around.random,
    grant: (claim, slot) => slots.grant(claim, slot),
    onChange: changed,
  })
  const slots = new SharedSlots({
    broker,
    clock,
    wanted: () => waiting.claims(),
    onGrant: (claim, slot) => waiting.start(claim, slot),
  })

  function changed() {
    slots.tellWindow()
    show()
  }

  function show() {
    snapshot = null
    stopTick()
    if (listeners.size === 0) return
    // What is left grows as slots free, although nothing is sent.
    const next = changesAt(broker.state(), clock.now())
    if (next !== null) stopTick = clock.after(next - clock.now(), show)
    for (const listener of listeners) listener()
  }

  return {
    async run(ask, send) {
      const since = clock.now()
      for (;;) {
        const slot = await waiting.place(ask, since)
        const answer = await slots.use(slot, ask.purpose, send)
        if (answer.status !== 429) return answer
        ask.signal?.throwIfAborted()
      }
    },
    notePersonActive: () => slots.notePersonActive(),
    estimateMs: (requests) => estimateWaitMs(broker.state(), requests, clock.now()),
    now: () => clock.now(),
    subscribe(listener) {
      listeners.add(listener)
      show()
      return () => listeners.delete(listener)
    },
    getSnapshot() {
      if (snapshot === null || clock.now() >= validUntil) {
        snapshot = takeSnapshot(broker.state(), clock.now())
        validUntil = changesAt(broker.state(), clock.now()) ?? Number.POSITIVE_INFINITY
      }
      return snapshot
    },
    keep: () => shiftSlots(broker.log.taken(clock.now()), -clock.now()),
    takeOver: (kept) => broker.merge(shiftSlots(kept, clock.now())),
    join: (keyId) => slots.join(`barkeep-requests-${keyId}`, around),
    close() {
      stopTick()
      slots.leave()
      waiting.close()
    },
  }
}
