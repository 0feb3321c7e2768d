import type { Clock } from '#server/core/clock.ts'
import { leaseTime } from '#server/core/config.ts'
import type { ProgressReading } from './import-tasks.ts'

/** Work of this process on a task. */
export type HeldLease = {
  /** What the database knows this lease by; 0 until it was taken. */
  token: number
  reading: ProgressReading | null
  /** The store failed it: it counts as an attempt. */
  hasFailed: boolean
  /** Aborts when the task is cancelled or somebody else's. */
  lost: AbortController
  released: PromiseWithResolvers<void>
  /** Monotonic, when the last beat that arrived was sent. */
  keptAt: number
}

type Options = {
  clock: Clock
  /** Resolves with the ids of those that are still held. */
  beat(held: readonly (readonly [string, HeldLease])[]): Promise<Set<string>>
  warn(error: unknown): void
}

/** So soon a cancellation is noticed that came to another server. */
const beatEveryMs = 1_000
const answerMs = 5_000
/** Sooner than others take over what nobody keeps. */
const giveUpAfterMs = leaseTime(20_000)

export type HeldLeases = ReturnType<typeof createHeldLeases>

/** The leases of this process, kept by beats while there are any. */
export function createHeldLeases({ clock, beat, warn }: Options) {
  const leases = new Map<string, HeldLease>()
  let timer: NodeJS.Timeout | undefined
  let waitingSince: number | null = null

  function tick(): void {
    // First: a process that was stopped for a while must not go on with what others have by now.
    for (const lease of leases.values()) {
      if (clock.monotonic() - lease.keptAt > giveUpAfterMs) lease.lost.abort()
    }
    // A connection that was cut without a word answers nothing for a long time.
    if (waitingSince !== null && clock.monotonic() - waitingSince < answerMs) return
    const sentAt = clock.monotonic()
    waitingSince = sentAt
    keep(sentAt)
      .catch(warn)
      .finally(() => {
        if (waitingSince === sentAt) waitingSince = null
      })
  }

  async function keep(sentAt: number): Promise<void> {
    const taken = [...leases].filter(([, { token, lost }]) => token > 0 && !lost.signal.aborted)
    if (taken.length === 0) return
    const kept = await beat(taken)
    for (const [id, lease] of taken) {
      if (kept.has(id)) lease.keptAt = Math.max(lease.keptAt, sentAt)
      else lease.lost.abort()
    }
  }

  return {
    /** @param keptAt monotonic, no later than the lease was taken */
    hold(id: string, keptAt = clock.monotonic()): HeldLease {
      const lost = new AbortController()
      const released = Promise.withResolvers<void>()
      const lease = { token: 0, reading: null, hasFailed: false, lost, released, keptAt }
      leases.set(id, lease)
      timer ??= setInterval(tick, beatEveryMs)
      return lease
    },
    get: (id: string) => leases.get(id),
    ids: () => [...leases.keys()],
    drop(id: string): void {
      leases.get(id)?.released.resolve()
      leases.delete(id)
      if (leases.size > 0) return
      clearInterval(timer)
      timer = undefined
    },
  }
}
