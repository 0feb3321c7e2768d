import type { Lane, Purpose } from '#app/api/gate/gated-request.ts'
import { createRateLimitGate, type RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { SimulatedLimiter } from '#app/testing/simulated-limiter.ts'

/** How the simulated network behaves, in ms. */
export type Network = {
  /** From the app to the server's limiter. */
  there: () => number
  /** From the limiter's verdict to the app, its headers included. */
  back: () => number
}

export type WorldOptions = {
  network: Network
  random: () => number
  /** The server's epoch ms when the app's clock is 0: skew of any size. */
  epochMs: number
}

export type SentRequest = { lane: Lane; askedAt: number; sentAt: number; status: number }

/** One app with its gate, and the server's limiter, on a clock of their own. */
export class World {
  readonly clock: ManualClock
  readonly limiter: SimulatedLimiter
  readonly gate: RateLimitGate
  readonly sent: SentRequest[] = []
  readonly #network: Network

  constructor({ network, random, epochMs }: WorldOptions) {
    this.#network = network
    // The app's clock starts anywhere: only its differences may count.
    this.clock = new ManualClock(random() * 1e9)
    this.limiter = new SimulatedLimiter({ clock: this.clock, epochMs })
    this.gate = createRateLimitGate({ clock: this.clock, random, openChannel: null, locks: null })
  }

  get refused(): number {
    return this.sent.filter(({ status }) => status === 429).length
  }

  /** One call through the gate, as the app makes them. */
  async call(lane: Lane, purpose: Purpose): Promise<void> {
    const askedAt = this.clock.now()
    if (lane === 'person') this.gate.notePersonActive()
    await this.gate.run({ lane, purpose }, async () => {
      const sentAt = this.clock.now()
      await this.clock.sleep(this.#network.there())
      const verdict = this.limiter.take()
      this.sent.push({ lane, askedAt, sentAt, status: verdict.status })
      await this.clock.sleep(this.#network.back())
      return verdict
    })
  }

  /** What the app asks when somebody connects. */
  async connect(): Promise<void> {
    await this.call('person', 'account')
    await Promise.all([this.call('person', 'browsing'), this.call('person', 'browsing')])
  }

  /** Uploads `files` small files, three at once as the app does; ends when the last is answered. */
  async upload(files: number): Promise<void> {
    let left = files
    const worker = async () => {
      while (left > 0) {
        left -= 1
        await this.call('transfer', 'uploads')
      }
    }
    await Promise.all([worker(), worker(), worker()])
  }

  /** Opens a folder after each pause until `end`. */
  async browse(end: number, pauseMs: () => number): Promise<void> {
    for (;;) {
      await this.clock.sleep(pauseMs())
      if (this.clock.now() >= end) return
      await this.call('person', 'browsing')
    }
  }

  /** Asks for the state of each of `tasks` imports every three seconds until `end`. */
  async poll(tasks: number, end: number): Promise<void> {
    const one = async () => {
      while (this.clock.now() < end) {
        await this.call('polling', 'imports')
        await this.clock.sleep(3_000)
      }
    }
    await Promise.all(Array.from({ length: tasks }, one))
  }

  /** Another program with the same key: at random moments, obeying Retry-After, for ever. */
  async use(elsewhere: { meanMs: number; random: () => number }): Promise<void> {
    for (;;) {
      await this.clock.sleep(-Math.log(1 - elsewhere.random()) * elsewhere.meanMs)
      const { status, rateLimit } = this.limiter.take()
      if (status === 429) await this.clock.sleep((rateLimit.retryAfter ?? 1) * 1_000)
    }
  }
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
