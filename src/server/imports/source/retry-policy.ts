import type { MinThroughput } from '#server/bytes/throughput-monitor.ts'

/** How long a source of files may make an import wait. Times in milliseconds. */
export type RetryPolicy = {
  /** Looking its name up, connecting, and the TLS handshake, each. */
  connectMs: number
  /**
   * From a request to the first byte of the file. Sites that make a file when they are asked, or get
   * it from a tape, take minutes, and asking again starts their work again.
   */
  answerMs: number
  /** From a link to the answer that counts: redirects, tries and pauses together. */
  openMs: number
  /** Nothing comes in the middle of a file: the connection is given up, and the source is asked again. */
  silentMs: number
  /**
   * Over all connections and the pauses between them. One that never comes back ends here, and one
   * that drips a byte now and then must not hold a place for ever.
   */
  pace: MinThroughput
  /** How long yt-dlp may look at a page of which nothing is imported. */
  lookForMs: number
  /** All that the source may make wait for answers before that counts as silence, too. */
  waitsMs: number
  /** Connections tried until the first answer; after that only time counts. */
  triesMax: number
  /** Each pause before asking again is twice the one before, up to the longest. */
  firstPauseMs: number
  longestPauseMs: number
  /** The longest `Retry-After` that is waited for. */
  retryAfterMaxMs: number
}

const minute = 60_000

export const sourceRetryPolicy: RetryPolicy = {
  connectMs: 30_000,
  answerMs: 5 * minute,
  openMs: 10 * minute,
  silentMs: 30_000,
  pace: { idleMs: minute, graceMs: minute, minBytesPerSecond: 1_000 },
  lookForMs: 35_000,
  waitsMs: 10 * minute,
  triesMax: 4,
  firstPauseMs: 500,
  longestPauseMs: 8_000,
  retryAfterMaxMs: 5 * minute,
}
