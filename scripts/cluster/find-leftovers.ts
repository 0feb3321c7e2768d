import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import pg from 'pg'
import type { Cluster } from './start-cluster.ts'

/** What the bucket has and no row knows, and what a row knows and the bucket has not. */
export type Leftovers = {
  /** Keys of objects that are no file's. */
  orphans: string[]
  /** Ids of blobs whose object is not there. */
  missing: string[]
  /** Keys of uploads in parts that nobody has ended. */
  uploads: string[]
  /** Ids of blobs that somebody still claims. */
  claims: string[]
}

/** Looks at both sides without the servers: they are not believed here. */
export async function findLeftovers({ postgres, bucket }: Cluster): Promise<Leftovers> {
  const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = bucket
  const s3 = new S3Client({
    ...{ endpoint, region, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  })
  const database = new pg.Client({ connectionString: postgres.url })
  await database.connect()
  try {
    const idsIn = async (table: string) =>
      (await database.query<{ blob_id: string }>(`select distinct blob_id from ${table}`)).rows.map(
        ({ blob_id }) => blob_id,
      )
    const stored = await listKeys(s3, Bucket)
    const [listed, claims] = [new Set(await idsIn('file')), await idsIn('blob_claim')]
    const isListed = (key: string) => listed.has(key.split('/').at(-1) ?? '')
    const there = new Set(stored.map((key) => key.split('/').at(-1)))
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
    return {
      // One object says whose bucket it is.
      orphans: stored.filter((key) => key !== '.barkeep-store' && !isListed(key)),
      missing: [...listed].filter((blobId) => !there.has(blobId)),
      uploads: Uploads.map(({ Key = '' }) => Key),
      claims,
    }
  } finally {
    await database.end()
    s3.destroy()
  }
}

async function listKeys(s3: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = []
  for (let token: string | undefined; ; ) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: token }))
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []))
    token = page.NextContinuationToken
    if (!page.IsTruncated || !token) return keys
  }
}
