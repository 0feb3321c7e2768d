import {
  ConnectionError,
  errorValues,
  isAbort,
  isForeign,
  isKeyRefusal,
  isRefusal,
  isTransient,
  pauseCode,
} from '#app/api/http/api-error.ts'
import {
  type Pack,
  packLimits,
  sizeOf,
  type Upload,
  type UploadConnection,
  type UploadJob,
} from '#app/features/uploads/upload.ts'
import { randomId } from '#app/lib/random-id.ts'
import { retryTransient } from '#app/lib/retry.ts'
import type { TaskEnd } from '#app/lib/transfers/task-queue.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-sums.ts'
import { apiErrorStatus } from '#contract/api-error.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import { meterPack } from './meter-pack.ts'
import {
  canReadFile,
  type SendUploadOptions,
  sendUpload,
  still,
  triesPerTurn,
  type UploadTask,
} from './send-upload.ts'

/** Where a pack as a whole was refused: its files go one by one, so that each gets its own answer. */
const alone = new WeakSet<UploadJob>()
const refusing = new WeakSet<UploadConnection>()

/** Sends a file as `sendUpload` does, and others that wait along with it where the server offers that. */
export async function sendPack(
  task: UploadTask,
  connection: UploadConnection,
  options: SendUploadOptions,
): Promise<TaskEnd> {
  const mayPack = isPackable(task.job) && !refusing.has(connection)
  if (!mayPack || !(await connection.offersBatch()) || task.signal.aborted) {
    return await sendUpload(task, connection, options)
  }
  const room = roomBeside(task.job)
  const others = options.takeAlong(room.accept)
  if (!room.isFull() && others.length + 1 < packLimits.leastFiles) {
    options.putBack(
      others.map(({ id }) => id),
      'first',
    )
    return await sendUpload(task, connection, options)
  }
  return await new RunningPack(task, others, { connection, options }).run()
}

function isPackable(job: UploadJob): boolean {
  return sizeOf(job) <= packLimits.fileBytes && !alone.has(job)
}

/** What else a pack with this file has room for. */
function roomBeside(first: UploadJob) {
  let [files, bytes, isFull] = [1, sizeOf(first), false]
  return {
    accept(job: UploadJob): boolean | 'full' {
      if (!isPackable(job)) return false
      isFull = files === packLimits.files || bytes + sizeOf(job) > packLimits.bytes
      if (isFull) return 'full'
      files += 1
      bytes += sizeOf(job)
      return true
    },
    isFull: () => isFull,
  }
}

/** Some of its files cannot be read any more, or were cancelled: the others go in another pack. */
class BrokenUpError extends Error {}

type Member = { id: string; job: UploadJob }
type Deps = { connection: UploadConnection; options: SendUploadOptions }

class RunningPack implements Pack {
  isAllSent = false
  readonly #task: UploadTask
  readonly #members: readonly Member[]
  readonly #deps: Deps
  readonly #breakingUp = new AbortController()
  readonly #left = new Set<string>()

  constructor(task: UploadTask, others: readonly Member[], deps: Deps) {
    this.#task = task
    this.#members = [task, ...others]
    this.#deps = deps
    task.signal.addEventListener('abort', () => this.leave([]), { once: true })
  }

  leave(ids: Iterable<string>): void {
    for (const id of ids) this.#left.add(id)
    this.#breakingUp.abort(new BrokenUpError())
  }

  /** Never rejects. */
  async run(): Promise<TaskEnd> {
    const { options } = this.#deps
    const ids = this.#members.map(({ id }) => id)
    options.onPack(ids, this)
    let end: () => TaskEnd
    try {
      const { results } = await this.#sendUntilThere()
      end = () => this.#finish(results)
    } catch (error) {
      end = () => this.#endByError(error)
    }
    // What is put back may be in another pack at once.
    options.onPack(ids, null)
    return end()
  }

  #sendUntilThere(): Promise<UploadBatchReply> {
    const { connection, options } = this.#deps
    const { signal } = this.#breakingUp
    const jobs = this.#members.map(({ job }) => job)
    // In each try the same, so that an answer that was lost is given again.
    const idempotencyKey = randomId()
    const meter = meterPack(this.#members, options, (isAllSent) => {
      this.isAllSent = isAllSent
    })
    const tryOnce = async () => {
      const send = { files: jobs, idempotencyKey, signal, ...meter }
      const result = await connection.sendBatch(send)
      if (result.outcome === 'sent') return result.reply
      const mayHaveArrived =
        result.outcome === 'refused' ? result.mayHaveArrived : result.outcome === 'unclear'
      for (const job of jobs) job.mayHaveArrived ||= mayHaveArrived
      this.isAllSent = false
      throw result.outcome === 'refused'
        ? result.error
        : new ConnectionError('The connection was lost.')
    }
    const { retryPause } = options
    const onPause = (error: unknown, tries: number) => this.#pause(error, tries)
    return retryTransient(tryOnce, { retryPause, isTransient, signal, onPause })
  }

  async #pause(error: unknown, tries: number): Promise<void> {
    const { rows, canRead = canReadFile, shouldYield, onUnsure } = this.#deps.options
    // Browsers report a file that changed during the upload as a broken connection.
    const readable = await Promise.all(this.#members.map(({ job }) => canRead(job.file)))
    const changed = this.#members.filter((_, index) => !readable[index])
    if (changed.length > 0) {
      const failure = { code: 'file_changed' } as const
      this.#change(changed, { ...still, state: 'failed', failure, note: null })
      throw new BrokenUpError()
    }
    const aborting = this.#members.filter(({ id }) => rows.get(id)?.isAborting)
    for (const { id } of aborting) onUnsure(id)
    this.#breakingUp.signal.throwIfAborted()
    if (tries >= triesPerTurn && shouldYield()) throw error
    this.#change(this.#unfinished(), { ...still, state: 'waiting', note: pauseCode(error) })
  }

  #finish(results: UploadBatchReply['results']): TaskEnd {
    const { rows, onUploaded } = this.#deps.options
    const ends = new Map<string, Partial<Upload>>()
    for (const [index, { id, job }] of this.#members.entries()) {
      const result = results[index]
      // A row that was cancelled stays cancelled, whatever comes later.
      if (result && this.#isOpen(id)) ends.set(id, endOf(result, job, rows.get(id)?.isAborting))
    }
    rows.changeMany(ends.keys(), (row) => ({
      ...{ ...row, ...still, note: null, isAborting: false, ...ends.get(row.id) },
    }))
    for (const id of ends.keys()) {
      const upload = rows.get(id)
      if (upload?.state === 'done') onUploaded(upload)
    }
    return 'over'
  }

  #endByError(error: unknown): TaskEnd {
    const { rows, onUnsure } = this.#deps.options
    for (const { id } of this.#members) if (rows.get(id)?.isAborting) onUnsure(id)
    const open = this.#unfinished()
    if (isRefusal(error, 403)) {
      const failure = { code: 'refused', error: errorValues(error) } as const
      this.#change(open, { ...still, state: 'failed', failure, note: null })
      return 'over'
    }
    this.#change(open, { ...still, state: 'waiting', note: null })
    if (this.#breakingUp.signal.aborted || error instanceof BrokenUpError) {
      return this.#putBack(open, 'first')
    }
    if (isTransient(error)) return this.#putBack(open, 'last')
    this.#noteRefusal(open, error)
    return this.#putBack(open, 'first')
  }

  #noteRefusal(open: readonly Member[], error: unknown): void {
    const { connection, options } = this.#deps
    if (isAbort(error) || isKeyRefusal(error)) {
      options.onSessionLost(connection)
      return
    }
    for (const { job } of open) alone.add(job)
    // Nobody has it there, or a proxy takes no bodies of that size.
    if (isRefusal(error, 404, 413) || isForeign(error)) refusing.add(connection)
  }

  #putBack(open: readonly Member[], end: 'first' | 'last'): TaskEnd {
    const ids = open.map(({ id }) => id)
    const own = this.#task.id
    this.#deps.options.putBack(
      ids.filter((id) => id !== own),
      end,
    )
    return ids.includes(own) ? end : 'over'
  }

  /** Those that nothing has become of yet. */
  #unfinished(): Member[] {
    const { rows } = this.#deps.options
    return this.#members.filter(({ id }) => this.#isOpen(id) && !rows.get(id)?.isAborting)
  }

  #isOpen(id: string): boolean {
    const row = this.#deps.options.rows.get(id)
    return row !== undefined && isUnfinished(row) && !this.#left.has(id)
  }

  #change(members: readonly Member[], change: Partial<Upload>): void {
    const ids = members.map(({ id }) => id)
    this.#deps.options.rows.changeMany(ids, (row) => ({ ...row, ...change }))
  }
}

function endOf(
  result: UploadBatchReply['results'][number],
  { file: { size } }: UploadJob,
  isAborting = false,
): Partial<Upload> {
  if (!('file' in result)) {
    const { code, message } = result
    const status = apiErrorStatus[code as keyof typeof apiErrorStatus] ?? 400
    const failure = { code: 'refused', error: { code, status, message, scope: null } } as const
    return { state: 'failed', failure }
  }
  const { file: arrived } = result
  if (arrived.size !== size) {
    const message = `The server has ${arrived.size} bytes of ${size}.`
    const error = { code: 'size_mismatch', status: 200, message, scope: null }
    return { state: 'failed', failure: { code: 'refused', error } }
  }
  const note = isAborting ? 'arrived_first' : null
  return { state: 'done', sentBytes: size, arrived, note }
}
