import {
  type ArrivedFile,
  admitUpload,
  type FileSource,
  newUpload,
  sizeOf,
  type Upload,
  type UploadConnection,
  type UploadJob,
  type UploadRequest,
  whyTooLarge,
} from '#app/features/uploads/upload.ts'
import { pausedRow } from '#app/features/uploads/upload-rows.ts'
import { batchesOf, eachInSlices } from '#app/lib/browser/slices.ts'
import type { TransferRows } from '#app/lib/transfers/transfer-rows.ts'
import type { InterruptedUploads, MatchedUploads } from './interrupted-uploads.ts'

/** More than these are a crowd, and listed in batches. */
const [crowd, batchSize] = [250, 50]
/** So many may be in the first requests. */
const sentFirst = 1_000

export type UploadIntakeOptions = {
  rows: TransferRows<Upload>
  /** By row id, as long as the file is at hand. */
  jobs: Map<string, UploadJob>
  interrupted: InterruptedUploads
  /** Null while nobody is connected. */
  getConnection(): UploadConnection | null
  noteSources(sources: readonly FileSource[]): void
  /** Told of a row whose size is known now. */
  noteSize(id: string): void
  start(ids: readonly string[]): void
}

/** What was listed and waits for `release`: new rows, and old ones that a reload had interrupted. */
export type HeldUploads = { jobs: ReadonlyMap<string, UploadJob>; isNew(id: string): boolean }

/** Lists what is added to the queue, at once or, a crowd, in slices. */
export class UploadIntake {
  readonly #options: UploadIntakeOptions
  readonly #held = new Set<string>()
  /** How many times all rows were forgotten. */
  #forgotten = 0

  constructor(options: UploadIntakeOptions) {
    this.#options = options
  }

  async add(requests: readonly UploadRequest[]): Promise<void> {
    const { start } = this.#options
    if (requests.length <= crowd) return start(this.#listNow(requests))
    const ids = await this.#listCrowd(requests)
    // The first requests of many files would ask for all their sizes in one go.
    await eachInSlices(ids.slice(0, sentFirst), (id) => this.measure(id))
    // All at once: many go in one request. Some may have been stopped meanwhile.
    start(this.#waitingOf(ids))
    await eachInSlices(ids, (id) => this.measure(id))
  }

  /** Lists them as `add` does; they wait until `release`. */
  async hold(requests: readonly UploadRequest[]): Promise<HeldUploads> {
    const { interrupted, jobs } = this.#options
    const old = new Set(interrupted.uploads.keys())
    const isCrowd = requests.length > crowd
    const ids = isCrowd ? await this.#listCrowd(requests) : this.#listNow(requests)
    for (const id of ids) this.#held.add(id)
    if (isCrowd) void eachInSlices(ids, (id) => this.measure(id))
    const found = ids.flatMap((id): [string, UploadJob][] => {
      const job = jobs.get(id)
      return job ? [[id, job]] : []
    })
    return { jobs: new Map(found), isNew: (id) => !old.has(id) }
  }

  /** Puts jobs into rows that a reload had interrupted; they wait until `release`. */
  holdAgain(placed: ReadonlyMap<string, UploadJob>): void {
    for (const id of placed.keys()) this.#held.add(id)
    this.place(placed)
  }

  /** A row that a person paused waits until `wake`, and lets the others go ahead. */
  setAside(id: string): void {
    this.#held.add(id)
    this.#options.rows.changeMany([id], (row) => ({ ...pausedRow(row), note: 'paused' }))
  }

  /** Those of these rows that were set aside go on, all unless told which. */
  wake(ids: Iterable<string> = this.#held): void {
    const { rows } = this.#options
    const aside = [...ids].filter((id) => rows.get(id)?.note === 'paused')
    rows.changeMany(aside, (row) => ({ ...row, note: null }))
    this.release(aside)
  }

  release(ids: Iterable<string>): void {
    this.#options.start(this.#waitingOf([...ids].filter((id) => this.#held.delete(id))))
  }

  /** Ends rows with the files that are on the server already. */
  settle(there: ReadonlyMap<string, ArrivedFile>): void {
    const { rows, jobs, interrupted } = this.#options
    this.letGo(there.keys())
    for (const id of there.keys()) {
      jobs.delete(id)
      interrupted.uploads.delete(id)
    }
    rows.changeMany(there.keys(), (row) => {
      const arrived = there.get(row.id) ?? null
      return newUpload(row, { state: 'done', note: 'already_there', arrived })
    })
  }

  /** Puts jobs into their rows. */
  place(placed: ReadonlyMap<string, UploadJob>): void {
    const { rows, jobs } = this.#options
    for (const [id, job] of placed) jobs.set(id, job)
    rows.changeMany(placed.keys(), (row) =>
      newUpload({ ...row, size: placed.get(row.id)?.file.size ?? row.size }),
    )
  }

  /** Looks how large a file of a crowd is. */
  measure(id: string): void {
    const { rows, jobs, noteSize } = this.#options
    const [row, job] = [rows.get(id), jobs.get(id)]
    if (!row || row.size !== null) return
    const size = job ? sizeOf(job) : (row.arrived?.size ?? 0)
    const failure = row.state === 'waiting' ? whyTooLarge(size, this.#maxBytes) : null
    rows.change(id, failure ? { size, state: 'failed', failure } : { size })
    if (failure) jobs.delete(id)
    noteSize(id)
  }

  /** They are over, or were started in another way. */
  letGo(ids: Iterable<string>): void {
    for (const id of ids) this.#held.delete(id)
  }

  forget(): void {
    this.#forgotten += 1
    this.#held.clear()
  }

  get #serverTime(): number {
    return this.#options.getConnection()?.serverTime() ?? 0
  }

  get #maxBytes(): number {
    return this.#options.getConnection()?.maxBytes ?? Number.POSITIVE_INFINITY
  }

  #waitingOf(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#options.rows.get(id)?.state === 'waiting')
  }

  #listNow(requests: readonly UploadRequest[]): string[] {
    return this.#list(requests, this.#options.interrupted.matcher(this.#serverTime), false)
  }

  async #listCrowd(requests: readonly UploadRequest[]): Promise<string[]> {
    const matchAdded = this.#options.interrupted.matcher(this.#serverTime)
    const forgotten = this.#forgotten
    const ids: string[] = []
    await eachInSlices(batchesOf(requests, batchSize), (some) => {
      // Who signed out meanwhile left nothing to add to.
      if (this.#forgotten === forgotten) ids.push(...this.#list(some, matchAdded, true))
    })
    return ids
  }

  /** Makes rows, or resumes them; the answer are those that wait. */
  #list(
    requests: readonly UploadRequest[],
    matchAdded: (requests: readonly UploadRequest[]) => MatchedUploads,
    isCrowd: boolean,
  ): string[] {
    const { rows, jobs, noteSources } = this.#options
    noteSources(requests.flatMap(({ source }) => source ?? []))
    const { jobs: resumed, rest } = matchAdded(requests)
    this.place(resumed)
    const how = { serverTime: this.#serverTime, maxBytes: this.#maxBytes, isCrowd }
    const added = rest.map((request) => admitUpload(request, how))
    for (const { row, job } of added) if (job) jobs.set(row.id, job)
    rows.add(added.map(({ row }) => row))
    return [...resumed.keys(), ...added.filter(({ job }) => job).map(({ row }) => row.id)]
  }
}
