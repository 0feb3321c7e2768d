import type { Pace } from '#server/storage/watch-pace.ts'

/** How long a source of files may make an import wait. Times in milliseconds. */
export type SourcePatience = {
  /** Nothing moves on one connection: it is given up, and the source is asked again. */
  silentMs: number
  /**
   * Over all connections and the pauses between them. One that never comes back ends here, and one
   * that drips a byte now and then must not hold a place for ever.
   */
  pace: Pace
  /** Connections tried until the first answer; after that only time counts. */
  triesMax: number
  /** Each pause before asking again is twice the one before, up to the longest. */
  firstPauseMs: number
  longestPauseMs: number
}

export const sourcePatience: SourcePatience = {
  silentMs: 30_000,
  pace: { idleMs: 60_000, graceMs: 60_000, minBytesPerSecond: 1_000 },
  triesMax: 4,
  firstPauseMs: 500,
  longestPauseMs: 8_000,
}
