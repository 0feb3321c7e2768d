import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { pipeAndRelease } from '#server/bytes/pipe-and-release.ts'
import { ApiFailure, storageUnavailable } from '#server/core/failure.ts'
import type { OpenedObject } from './bucket.ts'
import { isTransient } from './bucket-answers.ts'

/** Opens a part of an object, once. @throws ApiFailure where it is not as it should be, and what the SDK throws */
export type OpenPart = (range: ByteRange) => Promise<OpenedObject>

/** In a row without a byte. */
const maxTries = 4
const pauseMs = 200

/**
 * A part of an object, read no faster than it is taken. Where the bucket breaks off it is opened again
 * at the next byte. Fails where that does not help.
 */
export class ObjectBytes extends Readable {
  readonly #open: OpenPart
  readonly #last: number
  #next: number
  #body: Readable | null
  #chunks: AsyncIterator<Uint8Array> | null
  #tries = 0

  /** `opened` has the bytes of `range`. */
  constructor(opened: OpenedObject, range: ByteRange, open: OpenPart) {
    // A chunk is asked for only when nothing waits to be taken.
    super({ highWaterMark: 0 })
    this.#open = open
    this.#next = range.first
    this.#last = range.last
    this.#body = opened.body
    this.#chunks = opened.body[Symbol.asyncIterator]()
  }

  override _read(): void {
    this.#readOne().catch((error: Error) => this.destroy(error))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#drop()
    done(error)
  }

  override pipe<To extends NodeJS.WritableStream>(to: To): To {
    pipeAndRelease(this, to)
    return to
  }

  async #readOne(): Promise<void> {
    while (!this.destroyed) {
      if (this.#next > this.#last) {
        this.#drop()
        this.push(null)
        return
      }
      const chunk = await this.#nextChunk()
      if (chunk === null) continue
      this.#tries = 0
      this.#next += chunk.length
      this.push(chunk)
      return
    }
  }

  /** Null where there was none; who asks again gets one, or the reason. */
  async #nextChunk(): Promise<Uint8Array | null> {
    try {
      this.#chunks ??= await this.#openAgain()
      const { value, done } = await this.#chunks.next()
      if (done) throw new Error('The bucket sent less than it said.')
      return value.length === 0 ? null : value.subarray(0, this.#last + 1 - this.#next)
    } catch (error) {
      this.#drop()
      if (this.destroyed) return null
      this.#tries += 1
      if (error instanceof ApiFailure) throw error
      if (this.#tries >= maxTries || !isTransient(error)) throw storageUnavailable(error)
      await wait(Math.random() * pauseMs * 2 ** this.#tries)
      return null
    }
  }

  async #openAgain(): Promise<AsyncIterator<Uint8Array>> {
    const { body } = await this.#open({ first: this.#next, last: this.#last })
    this.#body = body
    if (this.destroyed) this.#drop()
    return body[Symbol.asyncIterator]()
  }

  #drop(): void {
    // A body that is cut off says so once more.
    this.#body?.on('error', () => {})
    this.#body?.destroy()
    this.#body = null
    this.#chunks = null
  }
}
