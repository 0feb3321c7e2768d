import { useEffect } from 'react'

/**
 * The attributes that give any element a tooltip. A tooltip that only repeats the name is for eyes;
 * one that says more (`isDescription`) is also read out.
 */
export function tooltipProps(text: string, options: { isDescription?: boolean } = {}) {
  return {
    'data-tooltip': text,
    ...(options.isDescription ? { 'aria-description': text } : {}),
  }
}

/** The same for text that may be cut off: the tooltip comes only while it is. */
export function cutTextTooltipProps(text: string) {
  return { 'data-tooltip': text, 'data-tooltip-when-cut': '' }
}

/** The same for a time, which is put into words when it is shown. */
export function timeTooltipProps(iso: string) {
  return { 'data-tooltip': iso, 'data-tooltip-time': '' }
}

/**
 * The one tooltip of the page. One for all, because a tooltip component in each of a list's rows would
 * make scrolling slow. Its code comes with the first element that has one and is hovered or focused.
 */
export function useTooltips(): void {
  useEffect(() => {
    const ending = new AbortController()
    const waiting = new AbortController()
    const options = { signal: AbortSignal.any([ending.signal, waiting.signal]), passive: true }
    const begin = (event: Event) => {
      if (!(event.target instanceof Element && event.target.closest('[data-tooltip]'))) return
      import('./tooltip-layer.ts').then(
        ({ watchTooltips }) => {
          if (waiting.signal.aborted) return
          waiting.abort()
          watchTooltips(event, ending.signal)
        },
        // Without a network there is none; the next element tries again.
        () => {},
      )
    }
    document.addEventListener('pointerover', begin, options)
    document.addEventListener('focusin', begin, options)
    return () => ending.abort()
  }, [])
}
