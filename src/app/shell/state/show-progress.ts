import { createEndNotice, type EndNotice } from '#app/lib/browser/end-notice.ts'
import { createPageProgress, type PageProgress } from '#app/lib/browser/page-progress.ts'
import { createWakeLock, type WakeLock } from '#app/lib/browser/wake-lock.ts'
import { atMostEvery, browserClock, type Clock } from '#app/lib/clock.ts'
import { formatNumber } from '#app/lib/format.ts'
import { shareOf } from '#app/lib/transfers/run-text.ts'
import type { TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'

type Queue = {
  getSnapshot(): Pick<TransfersSnapshot, 'totals' | 'run' | 'isPausedByHand' | 'isPaused'>
  subscribe(listener: () => void): () => void
}

export type ShowProgressOptions = {
  uploads: Queue
  imports: Queue
  page?: PageProgress
  wakeLock?: WakeLock
  notice?: EndNotice
  clock?: Clock
}

/** A tab is drawn by another process than the page. */
const lookEveryMs = 500

/** Shows in the tab how far uploads and imports are, keeps the machine awake meanwhile, and tells of the end. */
export function showProgress(options: ShowProgressOptions): EndNotice {
  const { uploads, imports } = options
  const { page = createPageProgress(), wakeLock = createWakeLock() } = options
  const { notice = createEndNotice(), clock = browserClock } = options
  let wasRunning = { uploads: false, imports: false }

  function look() {
    const both = { uploads: uploads.getSnapshot(), imports: imports.getSnapshot() }
    const open = Object.values(both).filter(({ totals }) => totals.unfinished > 0)
    page.show(open.length > 0 ? progressOf(open) : null)
    // Imports go on at the server, whether somebody looks or not.
    const { totals, isPausedByHand, isPaused } = both.uploads
    wakeLock.set(totals.running > 0 || (totals.unfinished > 0 && !isPausedByHand && !isPaused))
    for (const kind of ['uploads', 'imports'] as const) {
      const isRunning = both[kind].totals.unfinished > 0
      if (wasRunning[kind] && !isRunning) tellEnd(kind, both[kind])
      wasRunning = { ...wasRunning, [kind]: isRunning }
    }
  }

  function tellEnd(kind: 'uploads' | 'imports', { run }: Pick<TransfersSnapshot, 'run'>) {
    const { done, failed } = run.totals
    // Whoever stopped all of it knows.
    if (done + failed === 0) return
    const verb = kind === 'uploads' ? 'uploaded' : 'imported'
    const body = [
      `${formatNumber(done)} ${verb}`,
      ...(failed > 0 ? [`${formatNumber(failed)} failed`] : []),
    ]
    notice.show(kind === 'uploads' ? 'Uploads finished' : 'Imports finished', body.join(', '))
  }

  const looking = atMostEvery(clock, lookEveryMs, look)
  uploads.subscribe(looking.ask)
  imports.subscribe(looking.ask)
  looking.ask()
  return notice
}

function progressOf(
  open: readonly Pick<TransfersSnapshot, 'run' | 'isPausedByHand' | 'isPaused'>[],
) {
  const sum = (of: (run: TransfersSnapshot['run']) => number) =>
    open.reduce((total, { run }) => total + of(run), 0)
  const done = sum(({ totals }) => totals.done)
  const all = sum(({ totals }) => totals.all - totals.cancelled)
  const isPaused = open.every((queue) => queue.isPausedByHand || queue.isPaused)
  return {
    title: `${isPaused ? 'Paused · ' : ''}${formatNumber(done)} of ${formatNumber(all)} · Barkeep`,
    share: open.reduce((total, { run }) => total + shareOf(run), 0) / open.length,
    isPaused,
  }
}
