import type { DatabaseSync } from 'node:sqlite'
import { Mutex } from '#server/core/semaphore.ts'

type Deps = {
  /** Begins a transaction that may write. Patient until then. @throws what SQLite throws */
  begin(giveUpAt: number): Promise<DatabaseSync>
  /** A connection that can neither commit nor roll back is given up. */
  drop(failure: unknown): void
}

/**
 * Commits transactions together that come within one turn of the event loop: each is a savepoint of
 * one transaction, and none is told that it is done before the one fsync of all. If that fails, all of
 * them have failed.
 */
export class CommitGroup {
  readonly #deps: Deps
  readonly #mutex = new Mutex()
  /** The connection whose transaction is open. */
  #writer: DatabaseSync | null = null
  /** Those who wait to be told. */
  #waiting: PromiseWithResolvers<void>[] = []
  #isCommitting = false

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** For what is no part of a group: nothing is open until `release`. */
  async acquireAlone(): Promise<void> {
    await this.#mutex.acquire()
    this.#commit()
  }

  release(): void {
    this.#mutex.release()
  }

  /** Begins a transaction, of which there is one at a time. @throws what SQLite throws */
  async begin(giveUpAt: number): Promise<DatabaseSync> {
    await this.#mutex.acquire()
    try {
      this.#writer ??= await this.#deps.begin(giveUpAt)
      this.#writer.exec('savepoint member')
      return this.#writer
    } catch (error) {
      if (this.#waiting.length === 0) this.#fail(error)
      this.#mutex.release()
      throw error
    }
  }

  /**
   * Ends the transaction on `writer`; resolves once the group is committed, for what was rolled back
   * too: who tries again must see what was in his way. `failure` is what its last statement failed with.
   */
  async finish(
    writer: DatabaseSync,
    command: 'commit' | 'rollback',
    failure: unknown,
  ): Promise<void> {
    const done = Promise.withResolvers<void>()
    try {
      // After some errors (a full disk) SQLite has rolled all of it back by itself.
      if (!isOpen(writer)) throw failure ?? new Error('The transaction has ended by itself.')
      if (command === 'rollback') writer.exec('rollback to member')
      writer.exec('release member')
      this.#waiting.push(done)
      this.#commitSoon()
    } catch (error) {
      this.#fail(error)
      if (command === 'rollback') return
      throw error
    } finally {
      this.#mutex.release()
    }
    if (command === 'commit') await done.promise
    else await done.promise.catch(() => {})
  }

  /** Commits what is whole, when no more is to come. */
  end(): void {
    if (this.#mutex.isIdle) this.#commit()
  }

  /** Whoever is ready by then takes part; it comes after those who wait for their turn already. */
  #commitSoon(): void {
    if (this.#isCommitting) return
    this.#isCommitting = true
    setImmediate(async () => {
      await this.#mutex.acquire()
      this.#isCommitting = false
      this.#commit()
      this.#mutex.release()
    })
  }

  #commit(): void {
    if (this.#writer === null) return
    try {
      this.#writer.exec('commit')
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#writer = null
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** Nothing of the group is there. */
  #fail(error: unknown): void {
    const writer = this.#writer
    this.#writer = null
    if (writer !== null && isOpen(writer)) this.#deps.drop(error)
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

function isOpen(writer: DatabaseSync): boolean {
  return writer.isOpen && writer.isTransaction
}
