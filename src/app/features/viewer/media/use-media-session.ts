import { type RefObject, useEffect } from 'react'
import { visibleName } from '#app/lib/untrusted-text.ts'

type Session = {
  name: string
  /** The address of a picture for it. */
  poster: string | undefined
  onStep: (step: 1 | -1) => void
}

/** The system's own controls: the keyboard's keys for media, the lock screen, headphones. */
export function useMediaSession(
  media: RefObject<HTMLMediaElement | null>,
  { name, poster, onStep }: Session,
): void {
  useEffect(() => {
    const session = navigator.mediaSession as MediaSession | undefined
    if (!session) return
    session.metadata = new MediaMetadata({
      title: visibleName(name.replace(/\.[^.]*$/, '')),
      artwork: poster ? [{ src: poster }] : [],
    })
    const seek = (by: number) => {
      if (media.current) media.current.currentTime += by
    }
    const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
      ['play', () => void media.current?.play().catch(() => {})],
      ['pause', () => media.current?.pause()],
      ['previoustrack', () => onStep(-1)],
      ['nexttrack', () => onStep(1)],
      ['seekbackward', ({ seekOffset }) => seek(-(seekOffset ?? 10))],
      ['seekforward', ({ seekOffset }) => seek(seekOffset ?? 10)],
      [
        'seekto',
        ({ seekTime }) => {
          if (media.current && seekTime !== undefined) media.current.currentTime = seekTime
        },
      ],
    ]
    for (const [action, handler] of handlers) setHandler(session, action, handler)
    return () => {
      session.metadata = null
      for (const [action] of handlers) setHandler(session, action, null)
    }
  })
}

function setHandler(
  session: MediaSession,
  action: MediaSessionAction,
  handler: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(action, handler)
  } catch {
    // A browser that does not know this one.
  }
}
