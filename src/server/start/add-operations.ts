import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'
import type { Metrics, StoreReadings } from '#server/operations/metrics.ts'
import { addReadiness, type StoreReach } from '#server/operations/readiness.ts'
import type { MetricsServer } from '#server/operations/serve-metrics.ts'

type Options = {
  config: Pick<Config, 'metrics' | 'serverName' | 'drainSeconds'>
  clock: Clock
  version: string
}

/** What whoever runs the server needs of it. */
export type Operations = {
  watch(store: StoreReach & StoreReadings): void
  countRefusals(limiters: RateLimiters): RateLimiters
  /** Shows metrics, where they are asked for. @throws ConfigError where it cannot listen there */
  listen(): Promise<void>
  /** Where metrics are read, once it listens; null: nowhere. */
  metricsAddress(): string | null
  /**
   * Says that the server is not ready any more and goes on answering for as long as the settings say, so
   * that balancers notice before anybody is refused. `drainConnections` makes each answer the last on its
   * connection.
   */
  drain(drainConnections: () => void): Promise<void>
}

/** Adds them before any check, so that refusals are counted. */
export async function addOperations(app: FastifyInstance, options: Options): Promise<Operations> {
  const { config, clock } = options
  const metrics = await loadMetrics(app, options)
  const readiness = addReadiness(app, clock)
  let shown: MetricsServer | undefined
  app.addHook('onClose', async () => shown?.close())

  async function drain(drainConnections: () => void): Promise<void> {
    readiness.end()
    if (!app.server.listening || config.drainSeconds === 0) return
    drainConnections()
    app.log.info({ seconds: config.drainSeconds }, 'draining')
    await delay(config.drainSeconds * 1000)
  }

  let draining: Promise<void> | undefined
  return {
    watch(store) {
      readiness.watch(store)
      metrics?.watch(store)
    },
    countRefusals: (limiters) => metrics?.countRefusals(limiters) ?? limiters,
    async listen() {
      if (metrics === null || config.metrics === null) return
      const { serveMetrics } = await import('#server/operations/serve-metrics.ts')
      shown = await serveMetrics(metrics, config.metrics)
    },
    metricsAddress: () => shown?.address ?? null,
    drain(drainConnections) {
      draining ??= drain(drainConnections)
      return draining
    },
  }
}

/** The library takes memory and time to load: for those who asked for it. */
async function loadMetrics(
  app: FastifyInstance,
  { config, version }: Options,
): Promise<Metrics | null> {
  if (config.metrics === null) return null
  const { createMetrics } = await import('#server/operations/metrics.ts')
  return createMetrics(app, { server: config.serverName, version })
}
