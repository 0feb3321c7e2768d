import type { Clock } from '#app/lib/clock.ts'

export type Sums = { unfinished: number; done: number; failed: number; cancelled: number }

export type TellSumsOptions = {
  /** `uploaded` gives `12 of 40 uploaded, 1 failed`. */
  verb: string
  getSums(): Sums
  /** Before the first of them ended: what is from before does not count. */
  before: Sums
  subscribe(listener: () => void): () => void
  clock: Clock
  tell(words: string): void
}

// Soon after the start, so that one hears that it began; then seldom enough to go on listening to the page.
const firstMs = 1_000
const everyMs = 15_000
// What ends together is told together.
const endMs = 500

/** Tells now and then how many transfers there are and how many ended, and how it went when all have. */
export function tellSums({ verb, getSums, before, subscribe, clock, tell }: TellSumsOptions): void {
  let base = before
  let last = before
  let told = ''
  let isRunning = false
  let cancelTimer: (() => void) | null = null

  function sayNow() {
    cancelTimer = null
    const words = sumText(verb, base, getSums())
    if (words !== told) tell(words)
    told = words
    if (isRunning) cancelTimer = clock.after(everyMs, sayNow)
  }

  function look() {
    const sums = getSums()
    base = withoutCleared(base, last, sums)
    const isNowRunning = sums.unfinished > 0
    if (isNowRunning !== isRunning) {
      isRunning = isNowRunning
      if (isRunning) begin()
      else end()
    }
    last = sums
  }

  function begin() {
    // The end of the run before is not told yet: this goes on with it.
    if (cancelTimer !== null) return
    if (told !== '') base = last
    told = ''
    cancelTimer = clock.after(firstMs, sayNow)
  }

  function end() {
    cancelTimer?.()
    cancelTimer = clock.after(endMs, sayNow)
  }

  subscribe(look)
  look()
}

const ends = ['done', 'failed', 'cancelled'] as const

/** Rows that were taken off the list since `last` are no longer counted anywhere. */
function withoutCleared(base: Sums, last: Sums, now: Sums): Sums {
  const next = { ...base }
  for (const end of ends) next[end] -= Math.min(base[end], Math.max(0, last[end] - now[end]))
  return next
}

function sumText(verb: string, base: Sums, now: Sums): string {
  const [done, failed, cancelled] = ends.map((end) => Math.max(0, now[end] - base[end])) as [
    number,
    number,
    number,
  ]
  const all = done + failed + cancelled + now.unfinished
  const words = [`${done} of ${all} ${verb}`]
  if (failed > 0) words.push(`${failed} failed`)
  if (cancelled > 0) words.push(`${cancelled} cancelled`)
  return words.join(', ')
}
