import { leaseTime } from '#server/core/config.ts'
import type { Database } from '#server/storage/database.ts'
import { isBlobListed } from '#server/storage/listed-blob.ts'
import type { Bucket } from './bucket.ts'
import type { Claim, Claims } from './claims.ts'
import { keyOf } from './object-upload.ts'

const sweepEveryMs = leaseTime(60_000)
/** A claim that was not renewed for so long is nobody's. */
const leaseMs = leaseTime(60_000)

type Options = {
  bucket: Bucket
  database: Database
  claims: Claims
  now(): number
  warn(error: unknown): void
}

/** Takes away what is in the bucket and will never be a file. Any server may, several at once. */
export class BucketSweep {
  readonly #options: Options
  /** Claims of others as they were first seen with these beats. */
  readonly #seen = new Map<string, { beats: number; since: number }>()
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null

  constructor(options: Options) {
    this.#options = options
  }

  /** The bytes of a blob that no file names; what a file names stays. */
  async remove(blobId: string): Promise<void> {
    const { claims, bucket } = this.#options
    // After this nobody can list it; where it was listed meanwhile there is no claim, and a file.
    if (await claims.condemn(blobId)) {
      await this.#clean(blobId, null)
      await claims.drop(blobId)
    } else if (!(await this.#isPartial(blobId)) && !(await this.#isListed(blobId))) {
      await bucket.remove(keyOf(blobId))
    }
  }

  /** Looks once. What is nobody's goes at once, its claim with the next look: see `#take`. */
  run(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Without other servers whatever was claimed before this one started is nobody's. */
  async takeOver(): Promise<void> {
    const { claims, warn } = this.#options
    for (const claim of await claims.all()) {
      if (claim.owner !== claims.owner) await this.#take(claim).catch(warn)
    }
  }

  start(): void {
    const tell = (error: unknown) => this.#options.warn(error)
    this.#timer = setInterval(() => void this.run().catch(tell), sweepEveryMs).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#running?.catch(() => {})
  }

  async #look(): Promise<void> {
    const { claims, now, warn } = this.#options
    const all = await claims.all()
    const there = new Set(all.map(({ blob_id }) => blob_id))
    for (const blobId of this.#seen.keys()) if (!there.has(blobId)) this.#seen.delete(blobId)
    for (const claim of all) {
      const isLeft = claim.state !== 'live' || this.#isStale(claim, now())
      // One that cannot be cleared up now must not keep the others.
      if (isLeft) await this.#take(claim).catch(warn)
    }
  }

  #isStale({ blob_id, beats }: Claim, now: number): boolean {
    const seen = this.#seen.get(blob_id)
    if (seen?.beats === beats) return now - seen.since >= leaseMs
    this.#seen.set(blob_id, { beats, since: now })
    return false
  }

  /**
   * One step: live → expired → gone. An owner who wakes up late may still have sent something after the
   * first cleaning; with the second one it is gone as well.
   */
  async #take(claim: Claim): Promise<void> {
    const { claims } = this.#options
    if (claim.state === 'live' && !(await claims.expire(claim))) return
    await this.#clean(claim.blob_id, claim.upload_id)
    if (claim.state !== 'live') await claims.drop(claim.blob_id)
  }

  async #clean(blobId: string, uploadId: string | null): Promise<void> {
    if (await this.#isPartial(blobId)) return
    const { bucket } = this.#options
    await bucket.abortUploads(keyOf(blobId), uploadId)
    if (!(await this.#isListed(blobId))) await bucket.remove(keyOf(blobId))
  }

  #isListed(blobId: string): Promise<boolean> {
    return isBlobListed(this.#options.database, blobId)
  }

  /** It comes in several goes, and whoever sends it may go on. */
  async #isPartial(blobId: string): Promise<boolean> {
    const { database } = this.#options
    const row = await database
      .selectFrom('partial_blob')
      .select('id')
      .where('blob_id', '=', blobId)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }
}
