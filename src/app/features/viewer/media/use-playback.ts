import { type RefObject, useEffect, useState } from 'react'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { createPlaybackMemory, resumeAt } from '#app/lib/browser/playback-memory.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'

const memory = createPlaybackMemory(browserStorage)
const keepEveryMs = 5000

/**
 * Goes on where a person was in this file, as loud and as fast as then, and remembers it from here on.
 * `resumed` is where it went on, in seconds; 0 from the start.
 */
export function usePlayback(
  media: RefObject<HTMLMediaElement | null>,
  { file, mayPlay }: { file: ViewedFile; mayPlay: () => boolean },
) {
  const [resumed, setResumed] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each file
  useEffect(() => {
    const { current: player } = media
    if (!player) return
    const ending = new AbortController()
    const { signal } = ending
    const last = memory.find(file.link)
    player.volume = last.volume
    player.muted = last.isMuted
    player.defaultPlaybackRate = last.rate
    player.playbackRate = last.rate
    const at = resumeAt(last.at, 0)
    // Before anything is known of the film: so its first frame is never shown in between.
    if (at > 0) player.currentTime = at
    setResumed(at)
    const check = () => {
      if (at === 0 || resumeAt(at, player.duration) > 0) return
      player.currentTime = 0
      setResumed(0)
    }
    player.addEventListener('loadedmetadata', check, { signal })
    if (mayPlay()) void player.play().catch(() => {})

    let isPlayed = false
    let kept = 0
    const keep = () => {
      if (!isPlayed) return
      kept = Date.now()
      const { currentTime, volume, muted: isMuted, playbackRate: rate, ended } = player
      memory.keep(file.link, { at: ended ? 0 : currentTime, volume, isMuted, rate })
    }
    player.addEventListener('playing', () => (isPlayed = true), { signal })
    player.addEventListener(
      'timeupdate',
      () => Date.now() - kept > keepEveryMs && !player.paused && keep(),
      { signal },
    )
    for (const kind of ['pause', 'ended', 'seeked', 'volumechange', 'ratechange']) {
      player.addEventListener(kind, keep, { signal })
    }
    window.addEventListener('pagehide', keep, { signal })
    return () => {
      ending.abort()
      keep()
    }
  }, [file.link])
  return { resumed, forget: () => setResumed(0) }
}
