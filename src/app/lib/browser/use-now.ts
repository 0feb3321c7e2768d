import { useEffect, useReducer, useSyncExternalStore } from 'react'
import { createEmitter } from '#app/lib/store.ts'

/** Draws the component again every `intervalMs`, for words that tell time; null stands still. */
export function useTick(intervalMs: number | null): void {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (intervalMs === null) return
    // A tab that nobody sees has nothing to tell; it catches up once it is seen.
    const tickInSight = () => void (document.hidden || tick())
    const timer = setInterval(tickInSight, intervalMs)
    document.addEventListener('visibilitychange', tickInSight)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tickInSight)
    }
  }, [intervalMs])
}

const ticks = createEmitter()
let ending: AbortController | null = null

/** Draws the component again when another day has begun where the person is, also during a sleep. */
export function useToday(): void {
  useSyncExternalStore(subscribe, getDay)
}

// The calendar's day in the person's time zone: a count of 24 hours is none, twice a year.
const today = () => new Date().toDateString()
// Kept while the clock runs: every row asks whenever it is drawn.
let day: string | null = null
const getDay = () => day ?? today()

/** One clock for all rows: a list shows hundreds of days. */
function subscribe(tell: () => void): () => void {
  const stop = ticks.subscribe(tell)
  if (ticks.size() === 1) startClock()
  return () => {
    stop()
    if (ticks.size() === 0) {
      ending?.abort()
      day = null
    }
  }
}

function startClock(): void {
  ending = new AbortController()
  const { signal } = ending
  day = today()
  const tellAll = () => {
    day = today()
    ticks.emit()
  }
  // Not until midnight: a timer stands still while the machine sleeps, and so would the rest of it.
  const timer = setInterval(tellAll, 30_000)
  signal.addEventListener('abort', () => clearInterval(timer))
  document.addEventListener('visibilitychange', tellAll, { signal })
  addEventListener('pageshow', tellAll, { signal })
}
