import type { Watch } from '#server/bytes/batch-chunks.ts'
import { monitorThroughput } from '#server/bytes/throughput-monitor.ts'
import type { Clock } from '#server/core/clock.ts'
import type { RetryPolicy } from '#server/imports/source/retry-policy.ts'
import { ImportFailure, SilentSource } from '#server/imports/tasks/import-failure.ts'

export type SourceWatch = Watch & {
  /** Says whether an answer is awaited, which up to a limit is no silence. A byte ends it. */
  wait(isWaiting: boolean): void
  /**
   * Watches one connection as well, from its answer on: `giveUp` is called when it stands still, for
   * as long as an answer may take before its first byte, and not so long in the middle.
   */
  watchSilence(
    patience: Pick<RetryPolicy, 'answerMs' | 'silentMs'>,
    giveUp: (error: Error) => void,
  ): Watch & Disposable
}

/** One watch over all connections of a download, so that breaking them wins a source no time. */
export function watchSource(
  clock: Clock,
  patience: Pick<RetryPolicy, 'pace' | 'waitsMs'>,
): SourceWatch & Disposable {
  let hasSent = false
  const idleText = () =>
    hasSent ? 'The site stopped in the middle and did not go on.' : 'The site does not answer.'
  const pace = monitorThroughput(clock, patience.pace, (why) => {
    const slow = 'The site sends the file too slowly.'
    return new ImportFailure('site_error', why === 'idle' ? idleText() : slow)
  })
  const waits = countWaits(clock, patience.waitsMs, (isWaiting) => pace.hold(isWaiting))

  const note = (bytes: number) => {
    hasSent = true
    waits.set(false)
    pace.note(bytes)
  }
  return {
    signal: pace.signal,
    note,
    hold: pace.hold,
    wait: waits.set,
    watchSilence({ answerMs, silentMs }, giveUp) {
      let timer = setTimeout(() => giveUp(new SilentSource()), answerMs)
      const restart = () => {
        clearTimeout(timer)
        const silent = Object.assign(new Error('silent source'), { code: 'ETIMEDOUT' })
        timer = setTimeout(() => giveUp(silent), silentMs)
      }
      return {
        signal: pace.signal,
        note(bytes) {
          note(bytes)
          restart()
        },
        hold(isHeld) {
          pace.hold(isHeld)
          if (isHeld) clearTimeout(timer)
          else restart()
        },
        [Symbol.dispose]: () => clearTimeout(timer),
      }
    },
    [Symbol.dispose]() {
      waits.set(false)
      pace[Symbol.dispose]()
    },
  }
}

/** Excuses waiting until all of it together reaches `maxMs`. */
function countWaits(clock: Clock, maxMs: number, excuse: (isWaiting: boolean) => void) {
  let leftMs = maxMs
  let since: number | null = null
  let timer: NodeJS.Timeout | undefined

  function end(): void {
    if (since === null) return
    clearTimeout(timer)
    leftMs -= clock.monotonic() - since
    since = null
    excuse(false)
  }
  return {
    set(isWaiting: boolean): void {
      if (!isWaiting) end()
      else if (since === null && leftMs > 0) {
        since = clock.monotonic()
        timer = setTimeout(end, leftMs)
        excuse(true)
      }
    },
  }
}
