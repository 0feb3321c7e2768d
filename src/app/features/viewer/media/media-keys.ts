import type { KeyPress } from '#app/features/viewer/viewer-keys.ts'

/** What a key does to what is played. `share` is of the whole, `by` in seconds or of the full volume. */
export type MediaStep =
  | { do: 'toggle' | 'mute' | 'subtitles' | 'fullscreen' | 'picture-in-picture' }
  | { do: 'seek' | 'volume' | 'rate' | 'delay'; by: number }
  | { do: 'go'; share: number }

const steps: Record<string, MediaStep> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  j: { do: 'seek', by: -10 },
  l: { do: 'seek', by: 10 },
  m: { do: 'mute' },
  c: { do: 'subtitles' },
  f: { do: 'fullscreen' },
  p: { do: 'picture-in-picture' },
  ArrowUp: { do: 'volume', by: 0.05 },
  ArrowDown: { do: 'volume', by: -0.05 },
  Home: { do: 'go', share: 0 },
  End: { do: 'go', share: 1 },
  '<': { do: 'rate', by: -0.25 },
  '>': { do: 'rate', by: 0.25 },
  g: { do: 'delay', by: -0.5 },
  h: { do: 'delay', by: 0.5 },
}

/** As players have them; null for a key that is none of theirs. The arrows sideways seek with Shift alone. */
export function readMediaKey({
  key,
  shiftKey,
}: Pick<KeyPress, 'key' | 'shiftKey'>): MediaStep | null {
  if (/^[0-9]$/.test(key)) return { do: 'go', share: Number(key) / 10 }
  if (shiftKey && key === 'ArrowRight') return { do: 'seek', by: 5 }
  if (shiftKey && key === 'ArrowLeft') return { do: 'seek', by: -5 }
  return steps[key.length === 1 ? key.toLowerCase() : key] ?? null
}

/** Does it where the element can by itself; false for what it cannot. */
export function performStep(media: HTMLMediaElement, step: MediaStep): boolean {
  const { duration } = media
  const end = Number.isFinite(duration) ? duration : 0
  if (step.do === 'toggle') {
    if (media.paused) void media.play().catch(() => {})
    else media.pause()
  } else if (step.do === 'mute') media.muted = !media.muted
  else if (step.do === 'seek') media.currentTime = between(0, media.currentTime + step.by, end)
  else if (step.do === 'go') media.currentTime = step.share * end
  else if (step.do === 'volume') media.volume = between(0, media.volume + step.by, 1)
  else if (step.do === 'rate') media.playbackRate = between(0.25, media.playbackRate + step.by, 4)
  else return false
  return true
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most)
}
