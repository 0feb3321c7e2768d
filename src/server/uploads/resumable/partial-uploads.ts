import { randomUUID } from 'node:crypto'
import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { ResumedFile } from '#contract/resumable.ts'
import { uploadQuery } from '#contract/uploads.ts'
import type { AccessHolder, AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import type { AddFiles } from '#server/files/add-files.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import type { IncomingBytes } from '#server/http/request/incoming-bytes.ts'
import { parseFields } from '#server/http/route/request-fields.ts'
import type { Idempotency, KeepReply } from '#server/idempotency/idempotency.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { RunUnit } from '#server/storage/database.ts'
import { uploadReply, watchUpload } from '#server/uploads/upload-routes.ts'
import type { PartialRepository, PartialRow } from './partial-repository.ts'

export type PartialUploadsDeps = {
  partials: PartialRepository
  blobs: BlobStore
  run: RunUnit
  access: AccessWatch
  addFiles: AddFiles
  idempotency: Idempotency
  clock: Clock
  locks: Locks
  /** Whether other servers may work on the same. */
  hasPeers: boolean
  publicUrl(): string
}

/** An upload that nothing comes for is forgotten, and so is the answer of one that ended well. */
export const lifetimeMs = 7 * 24 * 60 * 60 * 1000
const answerKeptMs = 24 * 60 * 60 * 1000
/** Of one account, that are not whole. */
const maxOpen = 1_000

type Wish = {
  holder: AccessHolder
  idempotencyKey: string | null
  size: number
  metadata: Record<string, string | null>
}

type Incoming = { body: IncomingBytes; signal: AbortSignal }

/** Files that come in parts. All that has to do with one upload runs by itself: see `alone`. */
export class PartialUploads {
  readonly #deps: PartialUploadsDeps
  /** By id, who works on it or waits to. */
  readonly #busy = new Map<string, Set<AbortController>>()
  /** Had no row at the last look. */
  #left = new Set<string>()

  constructor(deps: PartialUploadsDeps) {
    this.#deps = deps
  }

  /**
   * Runs `work` while nobody else works on the upload. Whoever does is stopped: his connection may be dead
   * without anybody knowing, and who asks now is there. `signal` aborts once somebody else asks.
   */
  async alone<Result>(id: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const others = this.#busy.get(id) ?? new Set()
    for (const other of others) other.abort(takenOver())
    const own = new AbortController()
    this.#busy.set(id, others.add(own))
    try {
      return await this.#deps.locks.run([`partial upload ${id}`], () => work(own.signal))
    } finally {
      others.delete(own)
      if (others.size === 0) this.#busy.delete(id)
    }
  }

  /**
   * Begins an upload; the same `Idempotency-Key` gives the same one.
   * @throws ApiFailure for a name or folder against the rules, and where there is no room
   */
  async begin({ holder, idempotencyKey, size, metadata }: Wish): Promise<PartialRow> {
    const { partials, blobs, run, idempotency, clock } = this.#deps
    const { userId } = holder
    const { filename: name, path: folder } = parseFields(uploadQuery, metadata, 'Upload-Metadata')
    await blobs.ensureFreeSpace(size)
    const now = clock.now()
    if ((await partials.countOpen(userId, now)) >= maxOpen) throw tooManyOpen
    const requested = { userId, endpoint: 'upload_resumable', fingerprint: [folder, name, size] }
    const begin = async (keep: KeepReply<{ id: string }>) => {
      const row: PartialRow = {
        ...{ id: randomUUID(), user_id: userId, folder, name, size, received: 0 },
        ...{ metadata_json: JSON.stringify(metadata), file_json: null },
        expires_at: now + lifetimeMs,
      }
      // Before its row: bytes without a row are swept, a row without bytes would be a promise.
      await blobs.partials.begin(row.id, size)
      await run(async (unit) => {
        await partials.add(unit, row)
        await keep(unit, { id: row.id })
      })
      return { id: row.id }
    }
    const kept = await idempotency.once(idempotencyKey, requested, begin)
    const isThere = (await partials.find(userId, kept.id, now)) !== null
    // What was ended meanwhile, as by a person who has another mind now, is begun anew.
    const { id } = isThere ? kept : await begin(async () => {})
    return await this.find(holder, id)
  }

  /** @throws ApiFailure `not_found` for what is not there, not of this account, or expired */
  async find({ userId }: AccessHolder, id: string): Promise<PartialRow> {
    const row = await this.#deps.partials.find(userId, id, this.#deps.clock.now())
    if (row === null) throw noUpload()
    return row
  }

  /**
   * Puts what comes behind what is there, and resolves with how many bytes are safe then. What came before
   * the client went away, was too slow or lost its access is kept.
   * @throws ApiFailure, and what `signal` was aborted with
   */
  async append(holder: AccessHolder, row: PartialRow, incoming: Incoming): Promise<number> {
    const { blobs, partials, clock, access } = this.#deps
    const { body, signal: gone } = incoming
    using held = access.watch(holder)
    const signal = AbortSignal.any([gone, held.signal])
    const left = row.size - row.received
    const { declaredBytes } = body
    const tooLarge = tooManyBytes(row)
    using watch = watchUpload(clock, { maxBytes: left, declaredBytes, tooLarge, kept: true })
    // Before a byte is read, and before the client is asked for one.
    watch.signal.throwIfAborted()
    await blobs.ensureFreeSpace(declaredBytes ?? 0)
    signal.throwIfAborted()
    signal.addEventListener('abort', () => watch.stop(signal.reason), { once: true })
    let received = row.received
    await blobs.partials.append(row.id, body.open(watch), {
      offset: row.received,
      onDurable: async (bytes) => {
        await partials.note(row.id, { received: bytes, expires_at: clock.now() + lifetimeMs })
        received = bytes
      },
    })
    return received
  }

  /**
   * Makes a file of an upload that is whole, once: later the same answer is given again.
   * @throws ApiFailure `not_found` where its bytes are gone
   */
  async finish(holder: AccessHolder, { id }: Pick<PartialRow, 'id'>): Promise<ResumedFile> {
    const { partials, blobs, access, addFiles, clock, locks } = this.#deps
    return await locks.run([`end of partial upload ${id}`], async () => {
      const row = await this.find(holder, id)
      if (row.file_json !== null) return JSON.parse(row.file_json) as ResumedFile
      // The last bytes may come right after the key was revoked: sooner than a watch looks.
      await access.require(holder)
      const staged = await blobs.partials.stage(id, row.size)
      if (staged === null) {
        await this.remove(row)
        throw noUpload()
      }
      const file = { folder: row.folder as FolderPath, name: row.name as FileName, staged }
      const [listed] = await addFiles({
        ...{ userId: row.user_id, files: [file] },
        alongside: async (unit, [stored]) => {
          const file_json = JSON.stringify(this.#fileOf(stored as StoredFile))
          await partials.finish(unit, id, { file_json, expires_at: clock.now() + answerKeptMs })
        },
      })
      await blobs.partials.remove(id)
      return this.#fileOf(listed as StoredFile)
    })
  }

  #fileOf(stored: StoredFile): ResumedFile {
    const { status: _, ...file } = uploadReply(stored, this.#deps.publicUrl())
    return { ...file, sha256: stored.sha256 }
  }

  /** Forgets an upload and its bytes. @throws ApiFailure `conflict` for one that is a file by now */
  async remove({ id, file_json }: PartialRow): Promise<void> {
    if (file_json !== null) throw isFile
    // A crash between the two leaves bytes without a row, which the next start sweeps.
    await this.#deps.partials.remove(id)
    await this.#deps.blobs.partials.remove(id)
  }

  /** Forgets what has expired. */
  async sweepExpired(): Promise<void> {
    const { partials, blobs, clock } = this.#deps
    for (;;) {
      const ids = await partials.expired(clock.now())
      if (ids.length === 0) return
      for (const id of ids) {
        await this.alone(id, async () => {
          await partials.remove(id)
          await blobs.partials.remove(id)
        })
      }
    }
  }

  /**
   * Deletes bytes that no row names: for the start, before anybody can begin an upload. Of several servers
   * another may be about to write its row: there it takes two looks.
   */
  async sweepLeftovers(): Promise<void> {
    const { partials, blobs, hasPeers } = this.#deps
    // Before the rows: what is begun meanwhile is not among them.
    const ids = await blobs.partials.ids()
    const needed = await partials.open()
    const left = ids.filter((id) => !needed.has(id))
    for (const id of left) if (!hasPeers || this.#left.has(id)) await blobs.partials.remove(id)
    this.#left = new Set(left)
  }
}

function noUpload(): ApiFailure {
  return new ApiFailure(
    'not_found',
    'There is no such upload: it was ended, it has expired, or it is of another account. Begin it anew.',
  )
}

function takenOver(): ApiFailure {
  return new ApiFailure(
    'conflict',
    'Another request for this upload came and took over. Ask by HEAD how far it is.',
  )
}

function tooManyBytes({ size, received }: PartialRow): ApiFailure {
  return new ApiFailure(
    'payload_too_large',
    `This upload has ${size} bytes, and ${received} are there: more came than are left.`,
  )
}

const isFile = new ApiFailure(
  'conflict',
  'This upload is whole and is a file now: it is the file that can be deleted.',
)

const tooManyOpen = new ApiFailure(
  'conflict',
  `An account may have ${maxOpen} uploads that are not whole. Go on with them, or end some by DELETE.`,
)
