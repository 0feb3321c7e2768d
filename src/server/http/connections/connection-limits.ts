/** How much of the server one client may use, and for how long. Times in milliseconds. */
export type ConnectionLimits = {
  /**
   * Open at once; who comes after is dropped at the door. A slow upload holds about 60 kB and two
   * open files, an idle connection 20 kB: this many fit into a small machine, and 600 browsers
   * have room.
   */
  connections: number
  /**
   * Of these from one address (IPv6: one /64); who comes after is told so. A crowd behind one address
   * fits, and a thousand places are left for others.
   */
  connectionsPerAddress: number
  /** Until the head of a request is whole, from the connection or the request before it. */
  headMs: number
  /** How often heads are looked at: one may take that much longer. */
  lookEveryMs: number
  /** For a body of JSON. Uploads have a rule of their own. */
  bodyMs: number
  /** For what a client still sends once it has its answer: it is taken in and thrown away. */
  lingeringCloseMs: number
  /** A kept connection between requests: longer than proxies keep theirs, so that they close first. */
  keptMs: number
  /**
   * A connection on which nothing moves either way while it is being answered. Node lets a write
   * that is under way pass once: a download that nobody takes ends after twice this.
   */
  idleMs: number
  /** For what is under way when the server is to end. Docker kills after ten seconds. */
  graceMs: number
}

export const connectionLimits: ConnectionLimits = {
  connections: 4_000,
  connectionsPerAddress: 3_000,
  headMs: 20_000,
  lookEveryMs: 5_000,
  bodyMs: 30_000,
  lingeringCloseMs: 10_000,
  keptMs: 72_000,
  idleMs: 300_000,
  graceMs: 8_000,
}
