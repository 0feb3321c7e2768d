import { useEffect } from 'react'
import { isTypedIn } from '#app/lib/is-typed-in.ts'

/** `/` goes to the filter, unless something is being typed or a dialog is open. */
export function useShortcuts(): void {
  useEffect(() => {
    const ending = new AbortController()
    document.addEventListener(
      'keydown',
      (event) => {
        const isCommand = event.ctrlKey || event.metaKey || event.altKey
        if (event.key !== '/' || isCommand || event.defaultPrevented || isTypedIn(event.target))
          return
        const field = document.querySelector<HTMLElement>('[data-shortcut="/"]')
        if (!field || document.querySelector('[role="dialog"]')) return
        event.preventDefault()
        field.focus()
      },
      { signal: ending.signal },
    )
    return () => ending.abort()
  }, [])
}
