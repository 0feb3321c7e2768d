import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { errorBody } from '#server/http/request/error-reply.ts'

/**
 * What a server cannot work without. Where asking fails it is not reached. It is asked all the time: what costs
 * money by the request keeps its answer for a while.
 */
export type StoreReach = { database(): Promise<boolean>; blobs(): Promise<boolean> }

export type Readiness = {
  /** Without one there is nothing to be reached: a gateway. */
  watch(store: StoreReach): void
  /** From here on the server is not ready: it is about to end. */
  end(): void
}

/** Balancers ask every second or two, and give up soon. */
const withinMs = { database: 1_000, blobs: 3_000 }
/** Strangers may ask as often as they like. */
const keptMs = 500

/** `/healthz`: the process answers. `/readyz`: it can do what it is asked, and is not about to end. */
export function addReadiness(app: FastifyInstance, clock: Clock): Readiness {
  let isEnding = false
  let looks: Record<'database' | 'blobs', Look> | null = null
  let told: string | null = null

  async function whyNot(): Promise<string | null> {
    if (isEnding) return 'The server is ending. Another one takes what is asked now.'
    if (looks === null) return null
    const [hasDatabase, hasBlobs] = await Promise.all([looks.database(), looks.blobs()])
    if (!hasDatabase) return 'The database is not reached.'
    return hasBlobs ? null : 'The stored bytes are not reached.'
  }

  /** Once for each change: it is asked all the time. */
  function tell(why: string | null): void {
    if (why === told) return
    told = why
    if (why === null) app.log.info('ready again')
    else app.log.warn(`not ready: ${why}`)
  }

  app.get('/healthz', { logLevel: 'warn' }, async () => ({ status: 'ok' }))
  app.get('/readyz', { logLevel: 'warn' }, async (_request, reply) => {
    const why = await whyNot()
    tell(why)
    if (why === null) return { status: 'ok' }
    return reply.code(503).send(errorBody(new ApiFailure('unavailable', why)))
  })
  return {
    watch(store) {
      looks = {
        database: createLook(store.database, clock, withinMs.database),
        blobs: createLook(store.blobs, clock, withinMs.blobs),
      }
    },
    end() {
      isEnding = true
    },
  }
}

/** Whether something is reached. */
type Look = () => Promise<boolean>

/** One look at a time, however many ask; one that takes longer counts as a failed one until it is back. */
function createLook(ask: () => Promise<boolean>, clock: Clock, patienceMs: number): Look {
  let last: { at: number; isReached: boolean } | null = null
  let running: Promise<boolean> | null = null

  async function look(): Promise<boolean> {
    const isReached = await ask().catch(() => false)
    last = { at: clock.monotonic(), isReached }
    running = null
    return isReached
  }

  return async () => {
    if (last !== null && clock.monotonic() - last.at < keptMs) return last.isReached
    running ??= look()
    const patience = new AbortController()
    const tooLong = delay(patienceMs, false, { signal: patience.signal }).catch(() => false)
    const isReached = await Promise.race([running, tooLong])
    patience.abort()
    return isReached
  }
}
