import type { FastifyBaseLogger } from 'fastify'
import { AccessEnded, type AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { importErrorOf } from '#server/imports/tasks/import-failure.ts'
import { type LookForNewOptions, lookForNew } from './look-for-new.ts'
import type { SubscriptionChange, SubscriptionRow } from './subscription-repository.ts'

export type SubscriptionsOptions = LookForNewOptions & {
  access: Pick<AccessWatch, 'watch' | 'require'>
  clock: Clock
  log: Pick<FastifyBaseLogger, 'warn'>
}

export type Subscriptions = {
  /** Looks at one now, or lets the look go on that is under way. Resolves once it has begun. */
  lookNow(row: SubscriptionRow): Promise<void>
  isLooking(id: string): boolean
  /** Ends the look at one that is deleted or paused, and resolves when it has ended. */
  end(id: string): Promise<void>
  /** One was made or changed: it may be due sooner. */
  reschedule(): Promise<void>
  start(): Promise<void>
  /** Ends all looks; the next start takes them up again. */
  stop(): Promise<void>
}

const hourMs = 3_600_000
/** Only the time is compared until one is due: no query. */
const tickMs = 1_000
const firstRetryMs = 15 * 60_000
const longestRetryMs = 24 * hourMs

type Run = { userId: string; stop: AbortController; ended: Promise<void> }

/**
 * Looks at each subscription when it is due. When that is, is in the store, so a restart changes nothing; without
 * any there is no timer and no query.
 */
export function createSubscriptions(deps: SubscriptionsOptions): Subscriptions {
  const { subscriptions, clock, log } = deps
  const running = new Map<string, Run>()
  let timer: NodeJS.Timeout | undefined
  /** Epoch ms; null where none is on. */
  let nextAt: number | null = null
  let isStopped = false
  let isLookingUp = false

  async function reschedule(): Promise<void> {
    nextAt = await subscriptions.nextDue()
    if (nextAt === null || isStopped) {
      clearInterval(timer)
      timer = undefined
    } else timer ??= setInterval(tick, tickMs).unref()
  }

  function tick(): void {
    if (isLookingUp || nextAt === null || nextAt > clock.now()) return
    isLookingUp = true
    startDue()
      .catch((error: unknown) => log.warn({ err: error }, 'subscriptions cannot be read'))
      .finally(() => {
        isLookingUp = false
      })
  }

  async function startDue(): Promise<void> {
    const due = await subscriptions.due(clock.now())
    if (isStopped) return
    // One at a time for a person: looks that wait for each other would run out of time.
    const busy = new Set([...running.values()].map(({ userId }) => userId))
    for (const row of due) {
      if (busy.has(row.user_id)) continue
      busy.add(row.user_id)
      await lookNow(row)
    }
  }

  function begin(row: SubscriptionRow): Run {
    const before = running.get(row.id)
    if (before !== undefined) return before
    const stop = new AbortController()
    const ended = look(deps, row, stop.signal)
      .catch((error: unknown) => log.warn({ err: error }, 'the end of a look cannot be stored'))
      .finally(() => running.delete(row.id))
    const run = { userId: row.user_id, stop, ended }
    running.set(row.id, run)
    return run
  }

  async function lookNow(row: SubscriptionRow): Promise<void> {
    const { ended } = begin(row)
    const told = (error: unknown) => log.warn({ err: error }, 'subscriptions cannot be read')
    void ended.then(reschedule).catch(told)
  }

  return {
    lookNow,
    isLooking: (id) => running.has(id),
    async end(id) {
      const run = running.get(id)
      run?.stop.abort(new DOMException('It is not wanted any more.', 'AbortError'))
      await run?.ended
    },
    reschedule,
    start: reschedule,
    async stop() {
      isStopped = true
      clearInterval(timer)
      const ending = [...running.values()]
      for (const { stop } of ending) stop.abort(new DOMException('The server ends.', 'AbortError'))
      await Promise.all(ending.map(({ ended }) => ended))
    },
  }
}

/** One look, and what it changes. */
async function look(
  deps: SubscriptionsOptions,
  row: SubscriptionRow,
  stopped: AbortSignal,
): Promise<void> {
  const { subscriptions, clock, access } = deps
  const holder = { keyId: row.key_id, userId: row.user_id }
  using watched = access.watch(holder)
  let change: SubscriptionChange
  try {
    await access.require(holder)
    const signal = AbortSignal.any([stopped, watched.signal])
    const { title, hasMore } = await lookForNew(deps, row, signal)
    const hours = hasMore ? 1 : row.every_hours
    change = {
      ...{ failures: 0, error: null, error_code: null, is_begun: 1, title: title || row.title },
      next_at: clock.now() + hours * hourMs,
    }
  } catch (error) {
    // Whoever stopped it says what comes next.
    if (stopped.aborted) return
    change = failureOf(watched.signal.aborted ? watched.signal.reason : error, row, clock.now())
  }
  await subscriptions.change(row.id, { ...change, looked_at: clock.now() })
}

function failureOf(error: unknown, row: SubscriptionRow, now: number): SubscriptionChange {
  const failures = row.failures + 1
  const pause = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1))
  const { code, message } = error instanceof ApiFailure ? error : importErrorOf(error)
  return {
    ...{ failures, error: message, error_code: code, next_at: now + pause },
    ...(error instanceof AccessEnded ? { state: 'stopped' } : {}),
  }
}
