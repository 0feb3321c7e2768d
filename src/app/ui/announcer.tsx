import { useEffect, useSyncExternalStore } from 'react'

const shownMs = 4000

let message = ''
const listeners = new Set<() => void>()

function show(words: string) {
  message = words
  for (const listener of listeners) listener()
}

/** Tells briefly, for eyes and ears, that something happened: `Link copied`. */
export function announce(words: string): void {
  // The same words twice would be no change, and no screen reader would say them again.
  show(words === message ? `${words}\u00a0` : words)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where `announce` shows. Once in the page and always there: a late live region is not listened to. */
export function Announcer() {
  const words = useSyncExternalStore(subscribe, () => message)
  useEffect(() => {
    if (words === '') return
    const timer = setTimeout(() => show(''), shownMs)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-16 z-50 flex justify-center"
    >
      {words !== '' && (
        <span className="animate-rise rounded-lg bg-ink px-3 py-2 text-canvas text-sm">
          {words}
        </span>
      )}
    </div>
  )
}
