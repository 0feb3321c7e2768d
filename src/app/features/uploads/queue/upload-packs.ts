import type { Pack, Upload, UploadJob } from '#app/features/uploads/upload.ts'
import { requestsInPacks } from '#app/features/uploads/upload-rows.ts'

type UploadPacksOptions = {
  jobs: ReadonlyMap<string, UploadJob>
  /** Takes tasks that wait out of the queue: see `createTaskQueue`. */
  take(accept: (id: string) => boolean | 'full'): unknown
  /** Looks how large a file is, before it is asked whether it fits. */
  measure(id: string): void
}

/** Which uploads are on their way together, many in one request. */
export class UploadPacks {
  readonly #options: UploadPacksOptions
  /** By row id. */
  readonly #packs = new Map<string, Pack>()
  /** Whether the service was found to take many in one request. */
  #isPacking = false

  constructor(options: UploadPacksOptions) {
    this.#options = options
  }

  /** The rows that are in a pack now. */
  get ids(): Iterable<string> {
    return this.#packs.keys()
  }

  /** Whether the last byte of an upload was sent, by itself or with its pack. */
  isAllSent({ id, state, sentBytes, size }: Upload): boolean {
    const isSent = state === 'running' && size !== null && sentBytes >= size
    return this.#packs.get(id)?.isAllSent ?? isSent
  }

  /** Another service may take one file a request. */
  reset(): void {
    this.#isPacking = false
  }

  /** How many requests uploads that wait will take, `bytes` in all. */
  requestsFor(files: number, bytes: number): number {
    return this.#isPacking ? requestsInPacks(files, bytes) : files
  }

  /** Takes uploads that wait into a pack, first come first, those that `accept` takes. */
  takeAlong(accept: (job: UploadJob) => boolean | 'full'): { id: string; job: UploadJob }[] {
    this.#isPacking = true
    const taken = new Map<string, UploadJob>()
    this.#options.take((id) => {
      this.#options.measure(id)
      const job = this.#options.jobs.get(id)
      const verdict = job !== undefined && accept(job)
      if (job && verdict === true) taken.set(id, job)
      return verdict
    })
    return Array.from(taken, ([id, job]) => ({ id, job }))
  }

  /** These are on their way in one pack; null: no more. */
  note(ids: Iterable<string>, pack: Pack | null): void {
    for (const id of ids) {
      if (pack) this.#packs.set(id, pack)
      else this.#packs.delete(id)
    }
  }

  /** The packs that these are in. */
  of(ids: readonly string[]): Set<Pack> {
    return new Set(ids.flatMap((id) => this.#packs.get(id) ?? []))
  }
}
