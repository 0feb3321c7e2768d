import { useEffect, useReducer } from 'react'

/** Draws the component again every `intervalMs`, for words that tell time; null stands still. */
export function useTick(intervalMs: number | null): void {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (intervalMs === null) return
    const timer = setInterval(() => {
      // A tab that nobody sees has nothing to tell; it catches up with its first tick.
      if (!document.hidden) tick()
    }, intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
}
