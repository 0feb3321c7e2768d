/** A fixed number of permits, handed out first come, first served. */
export class Semaphore {
  #free: number
  readonly #permits: number
  readonly #waiting: (() => void)[] = []

  constructor(permits: number) {
    this.#permits = permits
    this.#free = permits
  }

  /** Nobody holds a permit or waits for one. */
  get isIdle(): boolean {
    return this.#free === this.#permits
  }

  /** How many wait for a permit. */
  get waiting(): number {
    return this.#waiting.length
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  release(): void {
    const next = this.#waiting.shift()
    // The permit passes straight to the waiter: freeing it would let a newcomer jump the queue.
    if (next) next()
    else this.#free += 1
  }
}

/** A semaphore of one permit. */
export class Mutex extends Semaphore {
  constructor() {
    super(1)
  }
}
