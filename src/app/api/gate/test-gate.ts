import { SimulatedClock } from '#app/lib/simulated-clock.ts'
import type { GateAsk, GatedAnswer, Lane } from './gated-request.ts'
import { createRateLimitGate } from './rate-limit-gate.ts'
import { SimulatedLimiter } from './simulated-limiter.ts'

export const person: GateAsk = { lane: 'person', purpose: 'browsing' }
export const transfer: GateAsk = { lane: 'transfer', purpose: 'uploads' }
export const ok: GatedAnswer = { status: 200, rateLimit: null }

/** A gate alone in its browser, before a limiter that answers after `tookMs`. */
export function startGate({ limit = 60, tookMs = 40, epochMs = 0, startsAt = 1_000 } = {}) {
  const clock = new SimulatedClock(startsAt)
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
  /** The limiter's slots are taken by somebody else. */
  const takeElsewhere = (count: number) => {
    for (let taken = 0; taken < count; taken += 1) limiter.take()
  }
  return { clock, gate, sent, send, takeElsewhere, startsAt }
}

export function sendMany(send: (ask: GateAsk) => Promise<unknown>, ask: GateAsk, count: number) {
  return Promise.all(Array.from({ length: count }, () => send(ask)))
}

export const times = (sent: { at: number }[]) => sent.map(({ at }) => at)
