import { useState } from 'react'
import { useTick } from '#app/lib/use-tick.ts'

/** How long to wait before the next try: counted down for eyes, read out once, and again when it is over. */
export function WaitWords({ seconds }: { seconds: number }) {
  const [until] = useState(() => Date.now() + seconds * 1000)
  const left = Math.ceil((until - Date.now()) / 1000)
  useTick(left > 0 ? 1000 : null)
  if (left <= 0) return 'You can try again now.'
  return (
    <>
      <span className="sr-only">{waitFor(seconds)}</span>
      <span aria-hidden="true">{waitFor(left)}</span>
    </>
  )
}

function waitFor(seconds: number): string {
  return `Wait ${seconds} s, then try again.`
}
