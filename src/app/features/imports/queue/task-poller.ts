import type { Clock } from '#app/lib/clock.ts'
import { pauseMs } from '#app/lib/retry.ts'

type TaskPollerOptions<Task> = {
  clock: Clock
  random: () => number
  /** Whether the page is out of sight. */
  isHidden(): boolean
  /** What to ask about; empty while another tab polls. */
  tasks(): readonly Task[]
  /** Makes one request; false if the server did not answer. Must not throw. */
  ask(task: Task): Promise<boolean>
}

/** Twenty requests a minute for all tasks together, and a third of that out of sight. */
const visibleIntervalMs = 3_000
const hiddenIntervalMs = 9_000

/**
 * Polls running tasks in turns, one request per interval, so that many tasks or a machine that slept
 * never cause a burst.
 */
export function createTaskPoller<Task extends { id: string }>(options: TaskPollerOptions<Task>) {
  const { clock, random, isHidden, tasks, ask } = options
  /** By id, when each was last asked for. */
  const askedAt = new Map<string, number>()
  let lastAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let isAsking = false
  let cancelTimer = () => {}

  /** The one that has waited longest. */
  function nextTask(): Task | undefined {
    const timeOf = ({ id }: Task) => askedAt.get(id) ?? Number.NEGATIVE_INFINITY
    return tasks().toSorted((a, b) => timeOf(a) - timeOf(b))[0]
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
    const task = nextTask()
    if (isAsking || !task) return
    isAsking = true
    lastAt = clock.now()
    askedAt.set(task.id, lastAt)
    const isAnswered = await ask(task)
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
