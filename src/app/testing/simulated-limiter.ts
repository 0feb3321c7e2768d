import type { GateAsk, GatedAnswer, Lane } from '#app/api/gate/gated-request.ts'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { Clock } from '#app/lib/clock.ts'
import type { RateLimitReading } from '#contract/rate-limit.ts'
import { ManualClock } from './manual-clock.ts'

export type Verdict = { status: 200 | 429; rateLimit: RateLimitReading }

export type SimulatedLimiterOptions = {
  clock: Clock
  limit?: number
  /** The server's epoch ms at the clock's 0. Any number: no client may rely on it. */
  epochMs?: number
}

/**
 * The server's limiter: accepts if and only if fewer than `limit` were accepted in the trailing 60
 * seconds. A refused request takes no slot; `Reset` and `Retry-After` are rounded up.
 */
export class SimulatedLimiter {
  readonly #clock: Clock
  readonly #limit: number
  readonly #epochMs: number
  #accepted: number[] = []

  constructor({ clock, limit = 60, epochMs = 1_782_326_145_678 }: SimulatedLimiterOptions) {
    this.#clock = clock
    this.#limit = limit
    this.#epochMs = epochMs
  }

  take(): Verdict {
    const now = this.#clock.now()
    this.#accepted = this.#accepted.filter((at) => at > now - 60_000)
    const isFree = this.#accepted.length < this.#limit
    if (isFree) this.#accepted.push(now)
    const freesAt = (this.#accepted[0] ?? now) + 60_000
    return {
      status: isFree ? 200 : 429,
      rateLimit: {
        limit: this.#limit,
        remaining: this.#limit - this.#accepted.length,
        resetAt: Math.ceil((this.#epochMs + freesAt) / 1_000),
        retryAfter: isFree ? null : Math.max(1, Math.ceil((freesAt - now) / 1_000)),
      },
    }
  }
}

export const person: GateAsk = { lane: 'person', purpose: 'browsing' }
export const transfer: GateAsk = { lane: 'transfer', purpose: 'uploads' }
export const ok: GatedAnswer = { status: 200, rateLimit: null }

/** The gate of a browser's only tab, with a limiter that answers after `tookMs`. */
export function startGate({ limit = 60, tookMs = 40, epochMs = 0, startsAt = 1_000 } = {}) {
  const clock = new ManualClock(startsAt)
  const limiter = new SimulatedLimiter({ clock, limit, epochMs })
  const gate = createRateLimitGate({ clock, random: () => 0.5, openChannel: null, locks: null })
  const sent: { lane: Lane; at: number; status: number }[] = []
  async function send(ask: GateAsk, took = tookMs) {
    return gate.run(ask, async () => {
      const at = clock.now() - startsAt
      await clock.sleep(took / 2)
      const verdict = limiter.take()
      sent.push({ lane: ask.lane, at, status: verdict.status })
      await clock.sleep(took / 2)
      return verdict
    })
  }
  /** Somebody else takes slots. */
  const takeElsewhere = (count: number) => {
    for (let taken = 0; taken < count; taken += 1) limiter.take()
  }
  return { clock, gate, sent, send, takeElsewhere, startsAt }
}

export function sendMany(send: (ask: GateAsk) => Promise<unknown>, ask: GateAsk, count: number) {
  return Promise.all(Array.from({ length: count }, () => send(ask)))
}

export const times = (sent: { at: number }[]) => sent.map(({ at }) => at)
