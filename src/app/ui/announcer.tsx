import { useEffect } from 'react'
import { createStore, useSnapshot } from '#app/lib/store.ts'

const shownMs = 4000

// Two slots: what is told for ears alone must not take away what eyes are reading.
const messages = createStore({ shown: '', told: '' })
type Slot = 'shown' | 'told'

function say(slot: Slot, words: string) {
  // The same words twice would be no change, and no screen reader would say them again.
  const isSame = words !== '' && words === messages.getSnapshot()[slot]
  messages.update({ [slot]: isSame ? `${words}\u00a0` : words })
}

/** Tells briefly, for eyes and ears, that something happened: `Link copied`. */
export function announce(words: string): void {
  say('shown', words)
}

/** The same for ears alone: what eyes see anyway. */
export function tell(words: string): void {
  say('told', words)
}

/** What the slot says now: for a while, then nothing. */
function useMessage(slot: Slot): string {
  const words = useSnapshot(messages)[slot]
  useEffect(() => {
    if (words === '') return
    const timer = setTimeout(() => say(slot, ''), shownMs)
    return () => clearTimeout(timer)
  }, [slot, words])
  return words
}

/** Where these show. Once in the page and always there: a late live region is not listened to. */
export function Announcer() {
  const shown = useMessage('shown')
  const told = useMessage('told')
  return (
    <>
      <div
        role="status"
        className="pointer-events-none fixed inset-x-4 bottom-16 z-50 flex justify-center"
      >
        {shown !== '' && (
          <span className="animate-rise rounded-lg bg-ink px-3 py-2 text-canvas text-sm">
            {shown}
          </span>
        )}
      </div>
      <div role="status" className="sr-only">
        {told}
      </div>
    </>
  )
}
