import { useEffect } from 'react'

/** `/` goes to the filter, unless something is being typed or a dialog is open. */
export function useShortcuts(): void {
  useEffect(() => {
    const ending = new AbortController()
    document.addEventListener(
      'keydown',
      (event) => {
        const isCommand = event.ctrlKey || event.metaKey || event.altKey
        if (event.key !== '/' || isCommand || event.defaultPrevented || isTyping(event)) return
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

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, input:not([type=checkbox])'))
  )
}
