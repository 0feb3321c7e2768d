import type { Clock } from '#server/http/clock.ts'
import { type Pace, type PaceWatch, watchPace } from '#server/storage/watch-pace.ts'
import { ImportFailure } from './import-failure.ts'

export type VideoPaceWatch = Disposable & {
  /** Notes bytes that arrived, and tells how many have by now. */
  note(bytes: number): number
}

/**
 * Ends a video whose site drips: yt-dlp waits as long as a byte comes now and then. It counts from
 * the first byte. Silence is not judged here, for joining and converting take time without a byte.
 */
export function watchVideoPace(clock: Clock, pace: Pace, refusal: AbortController): VideoPaceWatch {
  let watch: PaceWatch | null = null
  let arrived = 0
  return {
    note(bytes) {
      watch ??= watchPace(clock, { ...pace, idleMs: Number.POSITIVE_INFINITY }, () => {
        const failure = new ImportFailure('The site sends the video too slowly.')
        refusal.abort(failure)
        return failure
      })
      watch.note(bytes)
      arrived += bytes
      return arrived
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  }
}
