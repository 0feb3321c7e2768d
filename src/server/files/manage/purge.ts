import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#server/core/clock.ts'
import type { Locks } from '#server/core/locks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { SubtreeRepository } from './subtree-repository.ts'
import type { TrashRepository } from './trash-repository.ts'

const sweepEveryMs = 60_000
/** A copy that has not got its place after so long was made by a server that has ended. */
const abandonedMs = 60 * 60_000

export type Purge = {
  /**
   * Deletes what was condemned, and its bytes where nothing else has them; resolves when all is gone, or when
   * another server is at it.
   */
  run(): Promise<void>
  /** What a process before left; then, every minute, what has expired. */
  start(): void
  /** Resolves when the step that is under way has ended. */
  stop(): Promise<void>
}

type Deps = {
  trash: TrashRepository
  subtree: SubtreeRepository
  blobs: BlobStore
  clock: Clock
  locks: Pick<Locks, 'attempt'>
  /** Whether other servers work on the same trash. */
  hasPeers: boolean
  /** How long things stay in the trash. */
  trashMs: number
  warn(error: unknown): void
}

/** First the rows, then the bytes: what is listed has its bytes, whenever the process ends. */
export function createPurge(deps: Deps): Purge {
  const { trash, subtree, blobs, clock, locks, hasPeers, trashMs, warn } = deps
  let running: Promise<unknown> | null = null
  let isWanted = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  async function removeDoomed(): Promise<void> {
    for (let last = ''; !isStopped; ) {
      const doomed = await subtree.doomed()
      // What cannot be removed now stays for the next start.
      if (doomed.length === 0 || doomed.join() === last) return
      last = doomed.join()
      await removeBytes(doomed)
    }
  }

  async function removeBytes(blobIds: string[]): Promise<void> {
    const gone: string[] = []
    for (const blobId of blobIds) {
      if (isStopped) break
      try {
        await blobs.remove(blobId)
        gone.push(blobId)
      } catch (error) {
        warn(error)
      }
    }
    await subtree.forgetDoomed(gone)
  }

  async function purgeAll(): Promise<void> {
    while (!isStopped) {
      const condemned = await trash.nextCondemned()
      if (condemned === null) break
      const { blobIds } = await subtree.purge(condemned)
      await removeBytes(blobIds)
      await nextTurn()
    }
  }

  async function work(): Promise<void> {
    while (isWanted && !isStopped) {
      isWanted = false
      // Nobody comes back for what another server has left.
      if (hasPeers) await removeDoomed()
      await purgeAll()
    }
  }

  /** One at a time; who comes while it runs has it go on. */
  async function run(): Promise<void> {
    isWanted = true
    running ??= locks.attempt('purge', work).finally(() => {
      running = null
    })
    await running
  }

  const sweep = async () => {
    if (hasPeers) await trash.condemnUnfinished(clock.now() - abandonedMs)
    await trash.condemnExpired(clock.now() - trashMs)
    await run()
  }
  const tell = (error: unknown) => {
    if (!isStopped) warn(error)
  }

  return {
    run,
    start() {
      const first = async () => {
        if (!hasPeers) {
          await trash.condemnUnfinished()
          await removeDoomed()
        }
        await sweep()
      }
      first().catch(tell)
      timer = setInterval(() => sweep().catch(tell), sweepEveryMs)
      timer.unref()
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await running?.catch(() => {})
    },
  }
}
