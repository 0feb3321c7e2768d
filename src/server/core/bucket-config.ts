import { ConfigError, type Environment, oneOf } from './setting.ts'

/** Where stored files are instead of the data folder. */
export type BucketConfig = {
  /** Origin, perhaps with a path; null: Amazon's own for the region. */
  endpoint: string | null
  bucket: string
  region: string
  /** What all keys begin with: empty, or with a slash at its end. */
  prefix: string
  /** `endpoint/bucket/key` rather than `bucket.endpoint/key`. */
  isPathStyle: boolean
  /** Null: found where the SDK looks for them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null
  /** Films, songs, pictures and downloads are given by addresses in the bucket. */
  isRedirecting: boolean
}

const names = ['ENDPOINT', 'REGION', 'PREFIX', 'PATH_STYLE', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY']

/** Null where there is none. @throws ConfigError when a setting is invalid */
export function readBucketConfig(env: Environment): BucketConfig | null {
  const bucket = env.BARKEEP_S3_BUCKET
  if (!bucket) {
    const given = [...names, 'REDIRECT'].find((name) => env[`BARKEEP_S3_${name}`])
    if (given === undefined) return null
    throw new ConfigError(`BARKEEP_S3_${given} needs a bucket: set BARKEEP_S3_BUCKET too.`)
  }
  if (!/^[\w.-]{1,255}$/.test(bucket)) {
    throw new ConfigError(`BARKEEP_S3_BUCKET must be the name of a bucket, not "${bucket}".`)
  }
  const endpoint = readEndpoint(env.BARKEEP_S3_ENDPOINT)
  // Only Amazon's own hosts are sure to know a bucket by its name before theirs.
  const style = oneOf(env, 'BARKEEP_S3_PATH_STYLE', ['on', 'off'], endpoint === null ? 'off' : 'on')
  return {
    ...{ endpoint, bucket, region: env.BARKEEP_S3_REGION || 'us-east-1' },
    prefix: readPrefix(env.BARKEEP_S3_PREFIX),
    isPathStyle: style === 'on',
    credentials: readCredentials(env),
    isRedirecting: oneOf(env, 'BARKEEP_S3_REDIRECT', ['off', 'media'], 'off') === 'media',
  }
}

function readEndpoint(text: string | undefined): string | null {
  if (!text) return null
  const url = URL.parse(text)
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username
  if (isPlain) return url.href.replace(/\/+$/, '')
  throw new ConfigError(
    `BARKEEP_S3_ENDPOINT must be an address like https://s3.example, not "${text}".`,
  )
}

function readPrefix(text: string | undefined): string {
  if (!text) return ''
  if (/^[\w.-]+(\/[\w.-]+)*\/?$/.test(text)) return `${text.replace(/\/$/, '')}/`
  throw new ConfigError(
    `BARKEEP_S3_PREFIX takes letters, digits, ".", "_", "-" and "/" between them, not "${text}".`,
  )
}

/** What is wrong is not shown: it may be the secret. */
function readCredentials(env: Environment): BucketConfig['credentials'] {
  const accessKeyId = env.BARKEEP_S3_ACCESS_KEY_ID
  const secretAccessKey = env.BARKEEP_S3_SECRET_ACCESS_KEY
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey }
  if (!accessKeyId && !secretAccessKey) return null
  const missing = accessKeyId ? 'SECRET_ACCESS_KEY' : 'ACCESS_KEY_ID'
  throw new ConfigError(`The key of the bucket has two halves: set BARKEEP_S3_${missing} too.`)
}

/**
 * Addresses in the bucket are given out only from another host than the app's: cookies of a host go to
 * every port of it, and a stored page there would be one of the app's. @throws ConfigError
 */
export function refuseSameHost(bucket: BucketConfig | null, publicUrl: string | null): void {
  if (!bucket?.isRedirecting) return
  if (publicUrl === null) {
    throw new ConfigError(
      'BARKEEP_S3_REDIRECT=media needs the address that browsers have: set BARKEEP_PUBLIC_URL too.',
    )
  }
  const host = new URL(publicUrl).hostname
  const origin = bucketOrigin(bucket)
  if (new URL(origin).hostname !== host) return
  throw new ConfigError(
    `BARKEEP_S3_REDIRECT=media needs a bucket on another host than ${host}, whose cookies it would be sent: give the bucket a host of its own, or unset it.`,
  )
}

/** Another origin that stored files come from: of the hosted service, or of a bucket; null: none does. */
export function filesOrigin(config: { upstream: string | null; bucket: BucketConfig | null }) {
  const { upstream, bucket } = config
  return upstream ?? (bucket?.isRedirecting ? bucketOrigin(bucket) : null)
}

/** Where browsers are sent to. */
function bucketOrigin({ endpoint, bucket, region, isPathStyle }: BucketConfig): string {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  if (!isPathStyle) url.hostname = `${bucket}.${url.hostname}`
  return url.origin
}
