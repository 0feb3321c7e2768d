import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'

/** What can be read of a store, at each look. */
export type StoreReadings = {
  /** Tasks by state, as the store keeps them. */
  countImports(): Promise<{ state: string; count: number }[]>
  /** Null where the database has no pool. */
  poolUse(): { used: number; idle: number; waiting: number } | null
}

export type Metrics = {
  /** Counts what the windows refuse. */
  countRefusals(limiters: RateLimiters): RateLimiters
  watch(store: StoreReadings): void
  /** All of it, in the format of Prometheus. */
  read(): Promise<{ type: string; text: string }>
}

/** A look must not take as long as a database that does not answer. */
const readWithinMs = 2_000

/**
 * Counts from here on what the server does. Names of files, folders, people and keys are never labels:
 * their number has no bound, and metrics are read by others than they are meant for.
 */
export function createMetrics(
  app: FastifyInstance,
  { server, version }: { server: string; version: string },
): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({
    ...{ name: 'barkeep_info', help: 'Always 1: which server and version this is.', registers },
    labelNames: ['server', 'version'],
  }).set({ server, version }, 1)
  countRequests(app, registry)
  countBytes(app, registry)
  const refusals = new Counter({
    name: 'barkeep_rate_limit_refusals_total',
    help: 'Requests that found their window full, by kind of window.',
    ...{ registers, labelNames: ['window'] },
  })
  return {
    countRefusals: (limiters) => (group, limit) => {
      const limiter = limiters(group, limit)
      return {
        ...limiter,
        async take(name) {
          const taken = await limiter.take(name)
          if (!taken.isTaken) refusals.inc({ window: group })
          return taken
        },
      }
    },
    watch: (store) => watchStore(store, registry),
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}

function countRequests(app: FastifyInstance, registry: Registry): void {
  const registers = [registry]
  const requests = new Counter({
    name: 'barkeep_http_requests_total',
    help: 'Requests that are over; status "gone": the client went away without an answer.',
    ...{ registers, labelNames: ['method', 'route', 'status'] },
  })
  const seconds = new Histogram({
    name: 'barkeep_http_request_duration_seconds',
    help: 'From the head of a request until its answer is out, bodies included.',
    ...{ registers, labelNames: ['route'], buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60] },
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      const route = routeOf(request)
      requests.inc({ method: methodOf(request), route, status: statusOf(reply) })
      seconds.observe({ route }, reply.elapsedTime / 1000)
    })
    done()
  })
}

/** As it was registered. The files of a build are one, and so is all that is no route. */
function routeOf({ is404, routeOptions: { url = '' } }: FastifyRequest): string {
  if (is404 || url === '') return 'none'
  return url.startsWith('/assets/') ? '/assets/*' : url
}

function methodOf({ method }: FastifyRequest): string {
  return /^(GET|HEAD|POST|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other'
}

function statusOf({ raw }: FastifyReply): string {
  return raw.headersSent ? String(raw.statusCode) : 'gone'
}

/** As connections carry them, heads and all. Read where they are counted anyway: nothing is paid for each piece. */
function countBytes(app: FastifyInstance, registry: Registry): void {
  const open = new Set<Socket>()
  const ended = { received: 0, sent: 0 }
  app.server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      ended.received += socket.bytesRead
      ended.sent += socket.bytesWritten
    })
  })
  const all = {
    received: () => [...open].reduce((sum, { bytesRead }) => sum + bytesRead, ended.received),
    sent: () => [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, ended.sent),
  }
  for (const way of ['received', 'sent'] as const) {
    let told = 0
    new Counter({
      name: `barkeep_http_${way}_bytes_total`,
      help: `Bytes that were ${way} on connections of clients.`,
      registers: [registry],
      collect() {
        const now = all[way]()
        this.inc(now - told)
        told = now
      },
    })
  }
  new Gauge({
    name: 'barkeep_http_connections',
    help: 'Connections of clients that are open.',
    registers: [registry],
    collect() {
      this.set(open.size)
    },
  })
}

function watchStore({ countImports, poolUse }: StoreReadings, registry: Registry): void {
  const registers = [registry]
  new Gauge({
    name: 'barkeep_imports',
    help: 'Imports that the store knows, of all servers on it, by state; those that are over for a week.',
    ...{ registers, labelNames: ['state'] },
    async collect() {
      this.reset()
      for (const { state, count } of await within(countImports(), [])) this.set({ state }, count)
    },
  })
  if (poolUse() === null) return
  new Gauge({
    name: 'barkeep_database_connections',
    help: 'Connections of this server to its database.',
    ...{ registers, labelNames: ['state'] },
    collect() {
      const { used = 0, idle = 0 } = poolUse() ?? {}
      this.set({ state: 'used' }, used)
      this.set({ state: 'idle' }, idle)
    },
  })
  new Gauge({
    name: 'barkeep_database_waiting',
    help: 'Work of this server that waits for a connection to its database.',
    registers,
    collect() {
      this.set(poolUse()?.waiting ?? 0)
    },
  })
}

/** A database that is away leaves its numbers out, and no more. */
async function within<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  const tooLong = Promise.withResolvers<T>()
  const timer = setTimeout(() => tooLong.resolve(otherwise), readWithinMs)
  try {
    return await Promise.race([reading.catch(() => otherwise), tooLong.promise])
  } finally {
    clearTimeout(timer)
  }
}
