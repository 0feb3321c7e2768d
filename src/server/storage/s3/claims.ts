import type { Selectable } from 'kysely'
import { leaseTime } from '#server/core/config.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { BlobClaimTable } from '#server/storage/bucket-tables.ts'
import { type Database, transactionOf } from '#server/storage/database.ts'

/** Of one statement: its parameters are counted. */
const idsAtOnce = 200
const renewEveryMs = leaseTime(10_000)
/** Of no renewal: somebody may sweep the claim soon, so nothing more is put behind it. */
const staleMs = leaseTime(40_000)

export type Claim = Selectable<BlobClaimTable>

type Options = {
  database: Database
  /** Who claims: this start of this server. */
  owner: string
  /** Milliseconds of a clock that only goes forward, also while the process is stopped. */
  now(): number
  warn(error: unknown): void
}

/** What this server has put, or is about to put, into the bucket, and that no row of a file names yet. */
export class Claims {
  readonly #options: Options
  /** By the id of their blob, when they were last seen to be ours. */
  readonly #held = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #renewing: Promise<void> | null = null

  constructor(options: Options) {
    this.#options = options
  }

  get owner(): string {
    return this.#options.owner
  }

  /** Before the first byte goes to the bucket. What somebody else had claimed is taken over. */
  async add(blobIds: readonly string[]): Promise<void> {
    const { database, owner, now } = this.#options
    const at = now()
    await this.#inGroups(blobIds, (group) =>
      database
        .insertInto('blob_claim')
        .values(
          group.map((blob_id) => ({
            ...{ blob_id, owner, state: 'live' as const, beats: 0, upload_id: null },
          })),
        )
        .onConflict((conflict) => conflict.column('blob_id').doUpdateSet({ owner, state: 'live' }))
        .execute(),
    )
    for (const blobId of blobIds) this.#held.set(blobId, at)
    this.#timer ??= setInterval(() => void this.#renewInTime(), renewEveryMs).unref()
  }

  async noteUpload(blobId: string, uploadId: string): Promise<void> {
    await this.#options.database
      .updateTable('blob_claim')
      .set({ upload_id: uploadId })
      .where('blob_id', '=', blobId)
      .execute()
  }

  /** Whether nobody can have taken it for a leftover: a process that was stopped wakes to find out. */
  require(blobId: string): void {
    const at = this.#held.get(blobId)
    if (at === undefined || this.#options.now() - at > staleMs) throw claimLost()
  }

  /** The files of these blobs are listed in `unit`. @throws ApiFailure `unavailable`: then none may be */
  async settle(unit: UnitOfWork, blobIds: readonly string[]): Promise<void> {
    let settled = 0
    await this.#inGroups(blobIds, async (group) => {
      const [{ numDeletedRows = 0n } = {}] = await transactionOf(unit)
        .deleteFrom('blob_claim')
        .where('blob_id', 'in', group)
        .where('state', '=', 'live')
        .execute()
      settled += Number(numDeletedRows)
    })
    if (settled !== blobIds.length) throw claimLost()
  }

  /** Renews them no more; those that are listed have none. */
  release(blobIds: readonly string[]): void {
    for (const blobId of blobIds) this.#held.delete(blobId)
    if (this.#held.size > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  /** From now on it can only be removed. Whether there was a claim: what is listed has none. */
  async condemn(blobId: string): Promise<boolean> {
    this.release([blobId])
    const [{ numUpdatedRows = 0n } = {}] = await this.#options.database
      .updateTable('blob_claim')
      .set({ state: 'dying' })
      .where('blob_id', '=', blobId)
      .execute()
    return numUpdatedRows > 0n
  }

  /** After its bytes are gone, or somebody else answers for them. */
  async drop(blobId: string): Promise<void> {
    this.release([blobId])
    await this.#options.database.deleteFrom('blob_claim').where('blob_id', '=', blobId).execute()
  }

  async all(): Promise<Claim[]> {
    return await this.#options.database.selectFrom('blob_claim').selectAll().execute()
  }

  /** Whether it was still as it was seen. */
  async expire({ blob_id, beats, state }: Claim): Promise<boolean> {
    const [{ numUpdatedRows = 0n } = {}] = await this.#options.database
      .updateTable('blob_claim')
      .set({ state: 'expired' })
      .where('blob_id', '=', blob_id)
      .where('beats', '=', beats)
      .where('state', '=', state)
      .execute()
    return numUpdatedRows > 0n
  }

  async renew(): Promise<void> {
    const { database, owner, now } = this.#options
    const at = now()
    await this.#inGroups([...this.#held.keys()], async (group) => {
      await database
        .updateTable('blob_claim')
        .set((row) => ({ beats: row('beats', '+', 1) }))
        .where('blob_id', 'in', group)
        .where('owner', '=', owner)
        .where('state', '=', 'live')
        .execute()
      for (const blobId of group) if (this.#held.has(blobId)) this.#held.set(blobId, at)
    })
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await this.#renewing
  }

  #renewInTime(): Promise<void> {
    this.#renewing ??= this.renew()
      .catch((error: unknown) => this.#options.warn(error))
      .finally(() => {
        this.#renewing = null
      })
    return this.#renewing
  }

  async #inGroups(
    blobIds: readonly string[],
    work: (group: string[]) => Promise<unknown>,
  ): Promise<void> {
    for (let first = 0; first < blobIds.length; first += idsAtOnce) {
      await work(blobIds.slice(first, first + idsAtOnce))
    }
  }
}

function claimLost(): ApiFailure {
  return new ApiFailure(
    'unavailable',
    'This server was away for too long, and what it had stored of the file was swept. Send it again.',
  )
}
