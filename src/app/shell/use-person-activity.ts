import { useEffect } from 'react'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'

/** Tells the gate when a person does something, so that it keeps slots free for what they do next. */
export function usePersonActivity(gate: RateLimitGate | null): void {
  useEffect(() => {
    if (!gate) return
    const ending = new AbortController()
    const note = () => gate.notePersonActive()
    for (const kind of ['pointerdown', 'keydown', 'wheel'] as const) {
      const options = { signal: ending.signal, capture: true, passive: true }
      document.addEventListener(kind, note, options)
    }
    return () => ending.abort()
  }, [gate])
}
