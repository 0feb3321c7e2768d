import type { FastifyBaseLogger } from 'fastify'
import { AccessEnded, type AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import { importErrorOf } from '#server/imports/tasks/import-failure.ts'
import { type LookForNewOptions, lookForNew, NotWanted } from './look-for-new.ts'
import type { SubscriptionChange, SubscriptionRow } from './subscription-repository.ts'

export type SubscriptionsOptions = LookForNewOptions & {
  access: Pick<AccessWatch, 'watch' | 'require'>
  clock: Clock
  locks: Locks
  /** Whether other servers make and change subscriptions, too. */
  hasPeers: boolean
  log: Pick<FastifyBaseLogger, 'warn'>
}

export type Subscriptions = {
  /** Looks at one now, or lets the look go on that is under way. Resolves once it has begun. */
  lookNow(row: SubscriptionRow): Promise<void>
  /** Those of `ids` that are being looked at, by whatever server. */
  looking(ids: readonly string[]): Promise<Set<string>>
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
/** So soon a server knows when one is due that another has made. */
const askAgainMs = 30_000
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
  /** Monotonic. */
  let askAt = 0
  const told = (error: unknown) => log.warn({ err: error }, 'subscriptions cannot be read')

  async function reschedule(): Promise<void> {
    askAt = clock.monotonic() + askAgainMs
    nextAt = await subscriptions.nextDue()
    if ((nextAt === null && !deps.hasPeers) || isStopped) {
      clearInterval(timer)
      timer = undefined
    } else timer ??= setInterval(tick, tickMs).unref()
  }

  function tick(): void {
    if (deps.hasPeers && clock.monotonic() >= askAt) void reschedule().catch(told)
    if (isLookingUp || nextAt === null || nextAt > clock.now()) return
    isLookingUp = true
    startDue()
      .catch(told)
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
      startLook(row, true)
    }
  }

  function begin(row: SubscriptionRow, isDue: boolean): Run {
    const before = running.get(row.id)
    if (before !== undefined) return before
    const stop = new AbortController()
    const ended = lookAlone(deps, row, { isDue, stopped: stop.signal })
      .catch((error: unknown) => log.warn({ err: error }, 'the end of a look cannot be stored'))
      .finally(() => running.delete(row.id))
    const run = { userId: row.user_id, stop, ended }
    running.set(row.id, run)
    return run
  }

  function startLook(row: SubscriptionRow, isDue: boolean): void {
    void begin(row, isDue).ended.then(reschedule).catch(told)
  }

  return {
    lookNow: async (row) => startLook(row, false),
    async looking(ids) {
      const elsewhere = deps.hasPeers ? await deps.locks.held(ids.map(lookAt)) : new Set()
      return new Set(ids.filter((id) => running.has(id) || elsewhere.has(lookAt(id))))
    },
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

const lookAt = (id: string) => `look at subscription ${id}`

/** One server looks at a list at a time, and where it is due, none that another has just looked at. */
async function lookAlone(
  deps: SubscriptionsOptions,
  { id }: SubscriptionRow,
  { isDue, stopped }: { isDue: boolean; stopped: AbortSignal },
): Promise<void> {
  await deps.locks.attempt(lookAt(id), async () => {
    const row = await deps.subscriptions.find(id)
    if (row === null || stopped.aborted) return
    if (isDue && (row.state !== 'on' || row.next_at > deps.clock.now())) return
    await look(deps, row, stopped)
  })
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
    if (stopped.aborted || error instanceof NotWanted) return
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
