import type { Channel, TabEnvironment } from '#app/api/tabs/tab-group.ts'
import type { ManualClock } from './manual-clock.ts'

type LockRequest = {
  hold: () => unknown
  end: (reason?: unknown) => void
  signal: AbortSignal | undefined
}

/** The tabs of one browser: channels whose messages take a while, and Web Locks. */
export class SimulatedTabs {
  readonly #clock: ManualClock
  readonly #delayMs: () => number
  readonly #channels = new Map<string, Set<Channel & { isFrozen: boolean }>>()
  readonly #locks = new Map<string, { holder: LockRequest | null; queue: LockRequest[] }>()

  constructor({ clock, delayMs }: { clock: ManualClock; delayMs: () => number }) {
    this.#clock = clock
    this.#delayMs = delayMs
  }

  /** The environment of a new tab. `hasLocks` is false on plain http. */
  openTab(random: () => number, hasLocks: boolean): TabEnvironment {
    return {
      clock: this.#clock,
      random,
      openChannel: (name) => this.#openChannel(name),
      locks: hasLocks ? { request: this.#request as LockManager['request'] } : null,
    }
  }

  /** Silences a channel, as when its tab crashes. */
  crash(name: string, at: number): void {
    const channel = [...(this.#channels.get(name) ?? [])][at]
    if (channel) channel.isFrozen = true
  }

  #openChannel(name: string): Channel {
    const group = this.#channels.get(name) ?? new Set()
    this.#channels.set(name, group)
    const arrivals = new Map<Channel, number>()
    const deliver = (to: Channel & { isFrozen: boolean }, data: unknown) => {
      const now = this.#clock.now()
      // Messages between two tabs arrive in order.
      const at = Math.max(arrivals.get(to) ?? 0, now + this.#delayMs())
      arrivals.set(to, at)
      this.#clock.after(at - now, () => {
        if (!to.isFrozen && group.has(to)) to.onmessage?.({ data } as MessageEvent)
      })
    }
    const channel: Channel & { isFrozen: boolean } = {
      isFrozen: false,
      onmessage: null,
      postMessage(message) {
        if (channel.isFrozen) return
        const copy = structuredClone(message)
        for (const other of group) if (other !== channel) deliver(other, copy)
      },
      close: () => group.delete(channel),
    }
    group.add(channel)
    return channel
  }

  #request = (name: string, options: LockOptions, hold: () => unknown): Promise<unknown> => {
    const lock = this.#locks.get(name) ?? { holder: null, queue: [] }
    this.#locks.set(name, lock)
    return new Promise((resolve, reject) => {
      const request: LockRequest = {
        hold,
        signal: options.signal,
        end: (reason) => (reason === undefined ? resolve(undefined) : reject(reason)),
      }
      options.signal?.addEventListener('abort', () => {
        if (!lock.queue.includes(request)) return
        lock.queue.splice(lock.queue.indexOf(request), 1)
        reject(options.signal?.reason)
      })
      if (options.steal) {
        lock.holder?.end(new DOMException('stolen', 'AbortError'))
        lock.holder = null
        lock.queue.unshift(request)
      } else lock.queue.push(request)
      this.#handOn(lock)
    })
  }

  #handOn(lock: { holder: LockRequest | null; queue: LockRequest[] }): void {
    const next = lock.holder ? undefined : lock.queue.shift()
    if (!next) return
    lock.holder = next
    this.#clock.after(1, () => {
      void Promise.resolve(next.hold()).then(() => {
        next.end()
        if (lock.holder === next) lock.holder = null
        this.#handOn(lock)
      })
    })
  }
}
