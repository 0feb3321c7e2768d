import type { FastifyBaseLogger } from 'fastify'
import { AccessEnded, type AccessHolder, type AccessWatch } from '#server/core/access-watch.ts'
import type { ImportQueue, RunTurn } from './import-queue.ts'
import type { LeasedClaim, LeasedTasks } from './leased-tasks.ts'

type Options = {
  /** Of this server. */
  concurrency: number
  access: Pick<AccessWatch, 'watch' | 'require'>
  tasks: LeasedTasks
  log: Pick<FastifyBaseLogger, 'warn'>
}

type Running = { stop: AbortController; ended: Promise<void> }

/** So soon a server takes up what another has added, given back or lost. */
const lookEveryMs = 2_000

/**
 * Runs a few imports at a time of those that wait in the database, whichever server added them. It looks by
 * itself again and again: whoever loses a task can tell nobody.
 */
export function createLeasedQueue(
  { concurrency, access, tasks, log }: Options,
  run: RunTurn,
): ImportQueue {
  const running = new Set<Running>()
  // Those whose access has ended; they do not count as running.
  const leaving = new Set<Running>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let isLooking = false
  let isWanted = false
  let isStopped = false

  function start(claim: LeasedClaim, among: Set<Running>): void {
    const { id, userId, keyId } = claim.task
    const watched = access.watch({ userId, keyId })
    const stop = new AbortController()
    const { hasWaited } = claim
    const turn = { stopped: stop.signal, accessEnded: watched.signal, hasWaited, claim }
    const ended = run(id, turn).finally(() => {
      watched[Symbol.dispose]()
      among.delete(entry)
      look()
    })
    const entry = { stop, ended }
    among.add(entry)
  }

  async function startMore(): Promise<void> {
    while (!isStopped && running.size < concurrency) {
      const claim = await tasks.claimNext()
      if (claim === null) return
      start(claim, running)
    }
  }

  /** What waits for a place says at once that its key was revoked, or its account banned. */
  async function endUnentitled(): Promise<void> {
    for (const holder of await tasks.waitingHolders()) {
      const reason = await access.require(holder).catch((error: unknown) => error)
      if (reason instanceof AccessEnded) await leave(holder)
    }
  }

  async function leave(holder: AccessHolder): Promise<void> {
    while (!isStopped) {
      const claim = await tasks.claimNext(holder)
      if (claim === null) return
      start(claim, leaving)
    }
  }

  function look({ alsoAccess = false } = {}): void {
    isWanted = true
    if (isLooking || isStopped) return
    isLooking = true
    looking = (async () => {
      while (isWanted && !isStopped) {
        isWanted = false
        await startMore()
        if (alsoAccess) await endUnentitled()
      }
    })()
      .catch((error: unknown) => log.warn({ err: error }, 'imports that wait cannot be read'))
      .finally(() => {
        isLooking = false
      })
  }

  return {
    add: () => look(),
    async start() {
      look()
      timer ??= setInterval(() => look({ alsoAccess: true }), lookEveryMs)
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await looking
      const ending = [...running, ...leaving]
      for (const { stop } of ending) stop.abort()
      await Promise.all(ending.map(({ ended }) => ended))
    },
  }
}
