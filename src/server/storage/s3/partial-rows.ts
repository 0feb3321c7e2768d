import type { Selectable, Transaction } from 'kysely'
import { ApiFailure } from '#server/core/failure.ts'
import type { PartialBlobTable } from '#server/storage/bucket-tables.ts'
import type { Database } from '#server/storage/database.ts'
import type { Tables } from '#server/storage/tables.ts'
import type { SentPart } from './bucket.ts'

export type PartialBlob = Selectable<PartialBlobTable>

/**
 * What is known of blobs that come in several goes. Who writes has a turn: what was noted in an older one
 * is refused, for a server that was thought dead may still be at it.
 */
export class PartialRows {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(id: string): Promise<PartialBlob | null> {
    const row = await this.#database
      .selectFrom('partial_blob')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  /** @throws ApiFailure `conflict` where somebody else has the turn */
  async inTurn(
    { id, turn }: PartialBlob,
    write: (transaction: Transaction<Tables>) => Promise<unknown>,
  ): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      // Nobody else gets the turn before this is written.
      const [{ numUpdatedRows = 0n } = {}] = await transaction
        .updateTable('partial_blob')
        .set({ turn })
        .where('id', '=', id)
        .where('turn', '=', turn)
        .execute()
      if (numUpdatedRows === 0n) throw takenOver()
      await write(transaction)
    })
  }

  async add(row: { id: string; blob_id: string; size: number }): Promise<void> {
    await this.#database
      .insertInto('partial_blob')
      .values({ ...row, upload_id: null, turn: 0 })
      .execute()
  }

  /** Gives the next turn; parts after the first `parts` are forgotten. Null where there is no such blob. */
  async takeTurn(id: string, parts: number): Promise<PartialBlob | null> {
    return await this.#database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('partial_blob')
        .set((row) => ({ turn: row('turn', '+', 1) }))
        .where('id', '=', id)
        .execute()
      await transaction
        .deleteFrom('partial_blob_part')
        .where('id', '=', id)
        .where('number', '>', parts)
        .execute()
      const row = await transaction
        .selectFrom('partial_blob')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row ?? null
    })
  }

  async noteUpload(blob: PartialBlob, uploadId: string): Promise<void> {
    await this.inTurn(blob, (transaction) =>
      transaction
        .updateTable('partial_blob')
        .set({ upload_id: uploadId })
        .where('id', '=', blob.id)
        .execute(),
    )
  }

  async addPart(blob: PartialBlob, { number, etag }: SentPart): Promise<void> {
    await this.inTurn(blob, (transaction) =>
      transaction.insertInto('partial_blob_part').values({ id: blob.id, number, etag }).execute(),
    )
  }

  async parts(id: string): Promise<SentPart[]> {
    return await this.#database
      .selectFrom('partial_blob_part')
      .select(['number', 'etag'])
      .where('id', '=', id)
      .orderBy('number')
      .execute()
  }

  /** Before it is put. */
  async addTail(blob: PartialBlob, tail: Tail): Promise<void> {
    await this.inTurn(blob, (transaction) =>
      transaction
        .insertInto('partial_blob_tail')
        .values({ id: blob.id, ...tail })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
  }

  async tails(id: string): Promise<Tail[]> {
    return await this.#database
      .selectFrom('partial_blob_tail')
      .select(['number', 'bytes'])
      .where('id', '=', id)
      .orderBy('bytes')
      .execute()
  }

  async forgetTail(id: string, { number, bytes }: Tail): Promise<void> {
    await this.#database
      .deleteFrom('partial_blob_tail')
      .where('id', '=', id)
      .where('number', '=', number)
      .where('bytes', '=', bytes)
      .execute()
  }

  async remove(id: string): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      for (const table of ['partial_blob_part', 'partial_blob_tail', 'partial_blob'] as const) {
        await transaction.deleteFrom(table).where('id', '=', id).execute()
      }
    })
  }

  async ids(): Promise<string[]> {
    const rows = await this.#database.selectFrom('partial_blob').select('id').execute()
    return rows.map(({ id }) => id)
  }

  /** Whether a file names the blob, or is about to. */
  async isTaken(blobId: string): Promise<boolean> {
    const file = await this.#database
      .selectFrom('file')
      .select('id')
      .where('blob_id', '=', blobId)
      .limit(1)
      .executeTakeFirst()
    if (file) return true
    const claim = await this.#database
      .selectFrom('blob_claim')
      .select('blob_id')
      .where('blob_id', '=', blobId)
      .where('state', '=', 'live')
      .executeTakeFirst()
    return claim !== undefined
  }
}

/** The first `bytes` of the part `number`. */
export type Tail = { number: number; bytes: number }

function takenOver(): ApiFailure {
  return new ApiFailure(
    'conflict',
    'Another request for this upload came and took over. Ask by HEAD how far it is.',
  )
}
