import { browserTab } from '#app/api/tabs/browser-tab.ts'
import type { TabEnvironment } from '#app/api/tabs/tab-group.ts'
import { atMostEvery } from '#app/lib/clock.ts'
import { createEmitter } from '#app/lib/store.ts'
import { changesAt, estimateWaitMs, type GateSnapshot, takeSnapshot } from './gate-snapshot.ts'
import type { GateAsk, GatedAnswer } from './gated-request.ts'
import { shiftSlots } from './gated-request.ts'
import type { KeptWindow } from './kept-window.ts'
import { SharedSlots } from './shared-slots.ts'
import { SlotBroker } from './slot-broker.ts'
import { WaitingRequests } from './waiting-requests.ts'

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
  /** The window as it is, to carry it over a reload. */
  keep(): KeptWindow
  /** The window that the page before this one left. */
  takeOver(kept: KeptWindow): void
  /** Shares the window with the other tabs of this key. `keyId` is the key's public id. */
  join(keyId: string): void
  /** Waiting requests end with AbortError; nothing is sent any more. */
  close(): void
}

/** As often as a person can follow, in ms: hundreds of requests change the window in a second. */
const showIntervalMs = 100

export type GateOptions = Partial<TabEnvironment>

/** Makes the gate that every call with one key passes. */
export function createRateLimitGate(parts: GateOptions = {}): RateLimitGate {
  const environment: TabEnvironment = { ...browserTab(), ...parts }
  const { clock } = environment
  const changes = createEmitter()
  let snapshot: GateSnapshot | null = null
  let validUntil = 0
  let stopTick = () => {}

  const waiting = new WaitingRequests(() => slots.update())
  const broker: SlotBroker = new SlotBroker({
    clock,
    random: environment.random,
    grant: (claim, slot) => slots.grant(claim, slot),
    onChange() {
      slots.tellWindow()
      snapshot = null
      showing.ask()
    },
  })
  const slots = new SharedSlots({
    broker,
    clock,
    wanted: () => waiting.claims(),
    onGrant: (claim, slot) => waiting.start(claim, slot),
  })

  const showing = atMostEvery(clock, showIntervalMs, show)
  function show() {
    snapshot = null
    stopTick()
    if (changes.size() === 0) return
    // What is left grows as slots free, although nothing is sent.
    const next = changesAt(broker.state(), clock.now())
    if (next !== null) stopTick = clock.after(next - clock.now(), show)
    changes.emit()
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
      const stop = changes.subscribe(listener)
      show()
      return stop
    },
    getSnapshot() {
      if (snapshot === null || clock.now() >= validUntil) {
        snapshot = takeSnapshot(broker.state(), clock.now())
        validUntil = changesAt(broker.state(), clock.now()) ?? Number.POSITIVE_INFINITY
      }
      return snapshot
    },
    keep: () => ({
      limit: broker.log.limit,
      slots: shiftSlots(broker.log.taken(clock.now()), -clock.now()),
    }),
    takeOver({ limit, slots: taken }) {
      broker.log.recallLimit(limit)
      broker.merge(shiftSlots(taken, clock.now()))
    },
    join: (keyId) => slots.join(`barkeep-requests-${keyId}`, environment),
    close() {
      stopTick()
      showing.stop()
      slots.leave()
      waiting.close()
    },
  }
}
