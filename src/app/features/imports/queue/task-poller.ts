import type { Clock } from '#app/lib/clock.ts'
import { pauseMs } from '#app/lib/retry.ts'

type TaskPollerOptions<Task> = {
  clock: Clock
  random: () => number
  /** Whether the page is out of sight. */
  isHidden(): boolean
  /** What to ask about; empty while another tab polls. */
  tasks(): readonly Task[]
  /** How many one request may ask for. */
  askedAtOnce(): number
  /** Makes one request; false if the server did not answer. Must not throw. */
  ask(tasks: readonly Task[]): Promise<boolean>
}

/** Twenty requests a minute for all tasks together, and a third of that out of sight. */
const visibleIntervalMs = 3_000
const hiddenIntervalMs = 9_000

/**
 * Polls running tasks in turns, one request per interval, so that many tasks or a machine that slept
 * never cause a burst. Where one request can ask for many, each is as fresh as the last request.
 */
export function createTaskPoller<Task extends { id: string }>(options: TaskPollerOptions<Task>) {
  const { clock, random, isHidden, tasks, ask } = options
  /** By id, when each was last asked for. */
  const askedAt = new Map<string, number>()
  let lastAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let isAsking = false
  let cancelTimer = () => {}

  /** Those that have waited longest. */
  function nextTasks(): readonly Task[] {
    const timeOf = ({ id }: Task) => askedAt.get(id) ?? Number.NEGATIVE_INFINITY
    const byTime = tasks().toSorted((a, b) => timeOf(a) - timeOf(b))
    return byTime.slice(0, options.askedAtOnce())
  }

  function schedule() {
    cancelTimer()
    if (tasks().length === 0) return
    const interval = isHidden() ? hiddenIntervalMs : visibleIntervalMs
    const pause = failures === 0 ? 0 : pauseMs(failures + 1, random)
    const dueAt = lastAt + Math.max(interval, pause)
    cancelTimer = clock.after(Math.max(0, dueAt - clock.now()), () => void askNext())
  }

  async function askNext() {
    const next = nextTasks()
    if (isAsking || next.length === 0) return
    isAsking = true
    lastAt = clock.now()
    for (const { id } of next) askedAt.set(id, lastAt)
    const isAnswered = await ask(next)
    isAsking = false
    failures = isAnswered ? 0 : failures + 1
    schedule()
  }

  return {
    /** Call it when something changed: a new task, another leader, a page that is seen again. */
    wake({ isConnectionBack = false } = {}) {
      if (isConnectionBack) failures = 0
      schedule()
    },
    stop: () => cancelTimer(),
  }
}
