import { useEffect, useSyncExternalStore } from 'react'

const shownMs = 4000

type Message = { words: string; isShown: boolean }

const silence: Message = { words: '', isShown: false }
let message = silence
const listeners = new Set<() => void>()

function show(next: Message) {
  message = next
  for (const listener of listeners) listener()
}

/** Tells briefly, for eyes and ears, that something happened: `Link copied`. */
export function announce(words: string): void {
  say(words, true)
}

/** The same for ears alone: what eyes see anyway. */
export function tell(words: string): void {
  say(words, false)
}

function say(words: string, isShown: boolean) {
  // The same words twice would be no change, and no screen reader would say them again.
  show({ words: words === message.words ? `${words}\u00a0` : words, isShown })
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where these show. Once in the page and always there: a late live region is not listened to. */
export function Announcer() {
  const { words, isShown } = useSyncExternalStore(subscribe, () => message)
  useEffect(() => {
    if (words === '') return
    const timer = setTimeout(() => show(silence), shownMs)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-16 z-50 flex justify-center"
    >
      {words !== '' && (
        <span
          className={
            isShown ? 'animate-rise rounded-lg bg-ink px-3 py-2 text-canvas text-sm' : 'sr-only'
          }
        >
          {words}
        </span>
      )}
    </div>
  )
}
