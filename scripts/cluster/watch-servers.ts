import { get } from 'node:http'

/** Which of some servers may be asked, as they say at `/readyz`. */
export type ServerWatch = {
  /** The next one whose turn it is and that is not in `tried`; null where none is left. */
  next(tried: ReadonlySet<string>): string | null
  /** It did not answer: nobody asks it until it is ready again. */
  missed(server: string): void
  ready(): number
  stop(): void
}

export function watchServers(servers: readonly string[], everyMs: number): ServerWatch {
  const ready = new Set<string>()
  let turn = 0
  const checks = new Set<string>()

  async function check(server: string): Promise<void> {
    if (checks.has(server)) return
    checks.add(server)
    const isReady = await asksReady(server, Math.max(1_500, everyMs))
    checks.delete(server)
    if (isReady) ready.add(server)
    else ready.delete(server)
  }

  const checkAll = () => {
    for (const server of servers) void check(server)
  }
  checkAll()
  const timer = setInterval(checkAll, everyMs)
  return {
    next(tried) {
      turn += 1
      const left = servers.filter((server) => ready.has(server) && !tried.has(server))
      return left[turn % left.length] ?? null
    },
    missed: (server) => void ready.delete(server),
    ready: () => ready.size,
    stop: () => clearInterval(timer),
  }
}

async function asksReady(server: string, withinMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  // A connection of its own: a kept one would be the one that a server closes when it ends.
  const asked = get(`${server}/readyz`, { agent: false, timeout: withinMs }, (reply) => {
    reply.resume()
    resolve(reply.statusCode === 200)
  })
  asked.once('timeout', () => asked.destroy())
  asked.once('error', () => resolve(false))
  return await promise
}
