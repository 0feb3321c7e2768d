import { useEffect, useReducer } from 'react'

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
