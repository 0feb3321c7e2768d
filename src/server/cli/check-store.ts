import { createHash } from 'node:crypto'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { CheckedFile, CheckRepository } from './check-repository.ts'

export type CheckOutcome = {
  files: number
  /** Blobs that files name, each counted once. */
  blobs: number
  bytes: number
  /** Each a line. */
  problems: string[]
}

type Options = {
  rows: CheckRepository
  blobs: Pick<BlobStore, 'list' | 'isWhole' | 'open'>
  /** Reads every byte. */
  isDeep: boolean
}

/**
 * Compares rows with bytes, also while servers work on them, and changes nothing: what looks wrong at
 * first is looked at once more, for it may have come or gone in between.
 */
export async function checkStore(options: Options): Promise<CheckOutcome> {
  const { rows, blobs } = options
  const outcome: CheckOutcome = { files: 0, blobs: 0, bytes: 0, problems: [] }
  const found = new Map<string, number>()
  for await (const { blobId, size } of blobs.list()) found.set(blobId, size)
  const named = new Set<string>()
  for await (const file of rows.files()) {
    outcome.files += 1
    if (named.has(file.blobId)) continue
    named.add(file.blobId)
    outcome.blobs += 1
    outcome.bytes += file.size
    const problem = await findProblem(options, file, found.get(file.blobId))
    // Deleted in between, with its bytes.
    if (problem === null || !(await rows.isListed(file.blobId))) continue
    outcome.problems.push(`${nameOf(file)} ${problem} (blob ${file.blobId})`)
  }
  for (const blobId of named) found.delete(blobId)
  outcome.problems.push(...(await findOrphans(options, found)))
  return outcome
}

/** `found` has the bytes of blobs that no file named. */
async function findOrphans({ rows, blobs }: Options, found: Map<string, number>) {
  const underWay = await rows.underWay()
  const problems: string[] = []
  for (const [blobId, size] of found) {
    if (underWay.has(blobId) || (await rows.isListed(blobId))) continue
    const isThere = await blobs.isWhole({ blobId, size })
    if (isThere) problems.push(`${size} bytes belong to no file (blob ${blobId})`)
  }
  return problems
}

/** Null where there is none. `found`: bytes that the store has. */
async function findProblem({ blobs, isDeep }: Options, file: CheckedFile, found?: number) {
  const isWhole = found === file.size || (await blobs.isWhole(file))
  if (isWhole) return isDeep ? await findDamage(blobs, file) : null
  return found === undefined ? 'is missing' : `has ${found} bytes where ${file.size} were stored`
}

/** Null where all bytes are as they were stored. */
async function findDamage(
  blobs: Pick<BlobStore, 'open'>,
  file: CheckedFile,
): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    if (file.size > 0) {
      const bytes = await blobs.open(file, { first: 0, last: file.size - 1 })
      if (bytes instanceof Uint8Array) hash.update(bytes)
      else for await (const chunk of bytes) hash.update(chunk)
    }
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`
  }
  const sha256 = hash.digest('hex')
  if (sha256 === file.sha256) return null
  return `has the SHA-256 ${sha256} where ${file.sha256} was stored`
}

function nameOf({ username, name, isTrashed }: CheckedFile): string {
  return `"${name}" of ${username ?? 'an account without a name'}${isTrashed ? ', in the trash,' : ''}`
}

/** For people: a line each, and the sum at the end. */
export function tellCheck({ files, blobs, bytes, problems }: CheckOutcome): string {
  const sum = `${files} ${files === 1 ? 'file' : 'files'}, ${blobs} stored (${bytes} bytes): ${problems.length === 0 ? 'all is well' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`}.`
  return [...problems, sum].join('\n')
}
