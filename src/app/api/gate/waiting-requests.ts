import type { GateAsk } from './gated-request.ts'
import type { Claim } from './slot-broker.ts'

type Place = {
  claim: string
  ask: GateAsk
  since: number
  start: (slot: string) => void
  fail: (reason: unknown) => void
}

/** The requests of this tab that wait for a slot. */
export class WaitingRequests {
  readonly #onChange: () => void
  #places: Place[] = []
  #claimed = 0
  #isClosed = false

  /** `onChange` runs when one more or one less waits, but not when one is started. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Waits for a slot and answers its id. `since`: a request that comes back keeps its place. */
  place(ask: GateAsk, since: number): Promise<string> {
    const { signal } = ask
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed())
      if (signal?.aborted) return reject(signal.reason)
      const leave = () => {
        this.#remove(place)
        this.#onChange()
        reject(signal?.reason)
      }
      this.#claimed += 1
      const place: Place = {
        claim: String(this.#claimed),
        ask,
        since,
        start(slot) {
          signal?.removeEventListener('abort', leave)
          resolve(slot)
        },
        fail(reason) {
          signal?.removeEventListener('abort', leave)
          reject(reason)
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#places.push(place)
      this.#onChange()
    })
  }

  claims(): Omit<Claim, 'tab'>[] {
    return this.#places.map(({ claim, ask, since }) => ({
      id: claim,
      lane: ask.lane,
      purpose: ask.purpose,
      since,
    }))
  }

  /**
   * A slot came for `claim`: the lane's first takes it, which need not be the one that claimed it.
   * False when nobody in that lane waits any more.
   */
  start(claim: Pick<Claim, 'id' | 'lane'>, slot: string): boolean {
    const first = this.#first(claim.lane)
    if (!first) return false
    const claimer = this.#places.find((place) => place.claim === claim.id)
    // The one that is overtaken waits on with the other's claim.
    if (claimer) claimer.claim = first.claim
    this.#remove(first)
    first.start(slot)
    return true
  }

  close(): void {
    this.#isClosed = true
    const places = this.#places
    this.#places = []
    for (const place of places) place.fail(closed())
  }

  /** By `order`, which may have changed since, then first come first served. */
  #first(lane: GateAsk['lane']): Place | undefined {
    const rank = ({ ask }: Place) => ask.order?.() ?? 0
    return this.#places
      .filter((place) => place.ask.lane === lane)
      .sort((a, b) => rank(a) - rank(b) || a.since - b.since)[0]
  }

  #remove(place: Place): void {
    this.#places = this.#places.filter((other) => other !== place)
  }
}

function closed(): DOMException {
  return new DOMException('The session ended.', 'AbortError')
}
