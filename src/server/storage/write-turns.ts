/**
 * A fixed number of turns that all writers share: whatever the number of uploads, the memory for
 * bytes on their way to the disk is bounded, and a fast client waits for a slow disk.
 */
export class WriteTurns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(turns: number) {
    this.#free = turns
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
