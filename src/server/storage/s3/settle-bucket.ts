import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { ConfigError } from '#server/core/config.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/database.ts'
import type { Bucket } from './bucket.ts'
import { statusOf } from './bucket-answers.ts'

/** An object with the id of the store whose blobs these are; the database has the same id. */
export const identityKey = '.barkeep-store'
const probePrefix = '.barkeep-probe'

/**
 * Tries all that the server will need of the bucket, and leaves nothing there.
 * @throws ConfigError that says what to do
 */
export async function tryBucket(bucket: Bucket): Promise<void> {
  const bytes = randomBytes(16)
  // Of its own: other servers may start at the same moment, and take theirs away.
  const probeKey = `${probePrefix}-${randomUUID()}`
  try {
    // Not by HEAD: its refusals say no reason.
    const identity = await bucket.get(identityKey, { first: 0, last: 0 })
    identity?.body.destroy()
    await bucket.put(probeKey, sentText(bytes))
    const found = await bucket.get(probeKey, { first: 0, last: bytes.length - 1 })
    if (found === null || !(await buffer(found.body)).equals(bytes)) {
      throw new Error('what was just stored does not come back')
    }
    await bucket.abortUploads(probeKey, await bucket.beginUpload(probeKey))
    await bucket.remove(probeKey)
  } catch (error) {
    throw new ConfigError(explain(error, bucket))
  }
}

/**
 * Sees to it that bucket and database belong together: both carry one id, written when both are new.
 * Of several servers one at a time may do this. @throws ConfigError where they do not, and has changed nothing
 */
export async function settleBucket(database: Database, bucket: Bucket): Promise<void> {
  const ofDatabase = await database.selectFrom('store').select('id').executeTakeFirst()
  const ofBucket = await readIdentity(bucket)
  if (ofDatabase && ofDatabase.id === ofBucket) return
  const name = bucketName(bucket)
  if (ofDatabase) {
    throw new ConfigError(
      ofBucket === null
        ? `${name} belongs to no database yet, and this one has its files elsewhere; nothing was changed. Set BARKEEP_S3_BUCKET and BARKEEP_S3_PREFIX to where they are, or bring them there by "barkeep move".`
        : `${name} belongs to another database; nothing was changed. Set BARKEEP_S3_BUCKET and BARKEEP_S3_PREFIX to the bucket of this one, or the database to that of the bucket.`,
    )
  }
  const isUsed = await database.selectFrom('file').select('id').limit(1).executeTakeFirst()
  if (isUsed || (ofBucket !== null && (await hasOthers(bucket)))) {
    throw new ConfigError(
      `${name} and this database do not belong together: ${isUsed ? 'the files of the database are elsewhere' : 'the bucket has files that the database does not know'}; nothing was changed. Set the two that do, or for a new beginning BARKEEP_S3_PREFIX to a prefix without objects and a database without files.`,
    )
  }
  // A start that ended between the two left its id in a bucket that is empty otherwise.
  const id = ofBucket ?? randomUUID()
  if (ofBucket === null) await bucket.put(identityKey, sentText(Buffer.from(id)))
  await database.insertInto('store').values({ id }).execute()
}

/** @throws ConfigError where the bucket is not reached, or not that of the database */
export async function requireIdentity(database: Database, bucket: Bucket): Promise<void> {
  const ofDatabase = await database.selectFrom('store').select('id').executeTakeFirst()
  const ofBucket = await readIdentity(bucket).catch((error) => {
    throw new ConfigError(explain(error, bucket))
  })
  if (ofDatabase && ofDatabase.id === ofBucket) return
  throw new ConfigError(
    `${bucketName(bucket)} is not that of this database. Set BARKEEP_S3_BUCKET and BARKEEP_S3_PREFIX as its servers have them.`,
  )
}

async function readIdentity(bucket: Bucket): Promise<string | null> {
  const found = await bucket.get(identityKey, { first: 0, last: 35 })
  return found && String(await buffer(found.body))
}

async function hasOthers(bucket: Bucket): Promise<boolean> {
  for await (const { key } of bucket.list()) {
    if (key !== identityKey && !key.startsWith(probePrefix)) return true
  }
  return false
}

function sentText(bytes: Buffer) {
  const md5 = createHash('md5').update(bytes).digest('base64')
  return { open: () => bytes, bytes: bytes.length, md5 }
}

function bucketName({ settings }: Bucket): string {
  const { bucket, prefix, endpoint } = settings
  const where = endpoint === null ? '' : ` at ${endpoint}`
  return `The bucket ${bucket}${prefix === '' ? '' : ` (prefix ${prefix})`}${where}`
}

const withoutAnswer: Record<string, string> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  EPROTO: 'it does not speak TLS there',
  ECONNREFUSED: 'nothing listens there',
}

/** A line for the owner. */
function explain(error: unknown, bucket: Bucket): string {
  const cause = (error instanceof ApiFailure ? error.cause : error) as Error & { code?: string }
  const { endpoint, bucket: name } = bucket.settings
  const status = statusOf(cause)
  const at = endpoint ?? 'Amazon S3'
  if (cause.name === 'CredentialsProviderError') {
    return 'There is no key for the bucket. Set BARKEEP_S3_ACCESS_KEY_ID and BARKEEP_S3_SECRET_ACCESS_KEY.'
  }
  if (status === 404) {
    return `There is no bucket ${name} at ${at}. Make it, or set BARKEEP_S3_BUCKET to one that is there.`
  }
  if (status === 301 || status === 307 || status === 400) {
    return `${at} does not serve the bucket ${name} this way (${cause.message || cause.name}). Set BARKEEP_S3_REGION to the region of the bucket, and see BARKEEP_S3_ENDPOINT and BARKEEP_S3_PATH_STYLE.`
  }
  if (status === 401 || status === 403) {
    return `The key may not read and write in the bucket ${name} at ${at} (${cause.name}). See BARKEEP_S3_ACCESS_KEY_ID and BARKEEP_S3_SECRET_ACCESS_KEY, the rights of the key, and that the clock of this machine is right.`
  }
  if (status === 0) {
    const reason = withoutAnswer[cause.code ?? ''] ?? cause.message.replaceAll(/\s*\n\s*/g, ' ')
    return `The bucket ${name} is not reached at ${at}: ${reason}. Set BARKEEP_S3_ENDPOINT to the address of an S3 service that runs.`
  }
  return `The bucket ${name} at ${at} does not work (${status} ${cause.name}). See that an S3 service is there and can be written, and start again.`
}
