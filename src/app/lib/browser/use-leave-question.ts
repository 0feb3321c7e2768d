import { useEffect, useEffectEvent } from 'react'

/** Makes the browser ask before the page is left while `isUnfinished` says that something would be lost. */
export function useLeaveQuestion(isUnfinished: () => boolean): void {
  const handleLeave = useEffectEvent((event: BeforeUnloadEvent) => {
    if (isUnfinished()) event.preventDefault()
  })
  useEffect(() => {
    const leaving = new AbortController()
    window.addEventListener('beforeunload', handleLeave, leaving)
    return () => leaving.abort()
  }, [])
}
