import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import type { BucketConfig } from '#server/core/bucket-config.ts'
import { storageUnavailable } from '#server/core/failure.ts'
import { isTransient, nullWhenMissing, patiently, statusOf } from './bucket-answers.ts'

/** Where the bucket is, and who may use it. */
export type BucketSettings = Omit<BucketConfig, 'isRedirecting'>

/** A part of an upload, as its end wants to hear of it. */
export type SentPart = { number: number; etag: string }

/** `open` gives the bytes from their beginning, for each try anew; `md5` in base64. */
export type SentBytes = { open(): Promise<Readable> | Uint8Array; bytes: number; md5: string }

/**
 * What all buckets can do, by keys without the prefix. A failure that may pass is tried again; what
 * fails then comes as ApiFailure `unavailable`.
 */
export type Bucket = {
  readonly settings: BucketSettings
  put(key: string, sent: SentBytes): Promise<void>
  /** Bytes of an object; null where there is none. */
  size(key: string): Promise<number | null>
  /** One try of at most `patienceMs` until it begins. Null where there is none. @throws what the SDK throws */
  get(key: string, range: ByteRange): Promise<OpenedObject | null>
  /** Does nothing where there is none. */
  remove(key: string): Promise<void>
  beginUpload(key: string): Promise<string>
  sendPart(upload: Upload, number: number, sent: SentBytes): Promise<string>
  /** Resolves also where it was ended before; `size` tells whether it is there. */
  endUpload(upload: Upload, parts: SentPart[]): Promise<void>
  /** Until the bucket knows of none: parts that were under way may outlive one abort. */
  abortUploads(key: string, uploadId: string | null): Promise<void>
  /** An address that gives the object for `seconds`, with these headers. */
  presign(
    key: string,
    seconds: number,
    headers: { type: string; disposition: string },
  ): Promise<string>
  /** All keys, some at a time. */
  list(): AsyncIterable<{ key: string; size: number }>
  /** Once, without patience. @throws what the SDK throws */
  ping(key: string): Promise<void>
  close(): void
}

type Upload = { key: string; uploadId: string }

/** `total` is the size of the whole object. */
export type OpenedObject = { body: Readable; total: number }

/** Until an answer begins. */
const patienceMs = 20_000
/** Of silence: a bucket that puts many parts together may say nothing for long. */
const silenceMs = 120_000
const maxAborts = 5

/** The client of a bucket. The SDK takes 30 MB: it is loaded only where there is a bucket. */
export async function openBucket(settings: BucketSettings): Promise<Bucket> {
  const sdk = await import('@aws-sdk/client-s3')
  return new S3Bucket(settings, sdk, new sdk.S3Client(clientConfig(settings)))
}

class S3Bucket implements Bucket {
  readonly settings: BucketSettings
  readonly #sdk: Sdk
  readonly #client: S3Client

  constructor(settings: BucketSettings, sdk: Sdk, client: S3Client) {
    this.settings = settings
    this.#sdk = sdk
    this.#client = client
  }

  #at(key: string) {
    return { Bucket: this.settings.bucket, Key: this.settings.prefix + key }
  }

  #of({ key, uploadId }: Upload) {
    return { ...this.#at(key), UploadId: uploadId }
  }

  async put(key: string, sent: SentBytes): Promise<void> {
    await patiently(() =>
      withBody(sent, (body, options) =>
        this.#client.send(new this.#sdk.PutObjectCommand({ ...this.#at(key), ...body }), options),
      ),
    )
  }

  async size(key: string): Promise<number | null> {
    const asked = new this.#sdk.HeadObjectCommand(this.#at(key))
    return await patiently(async () => {
      const found = await this.#client.send(asked, until(patienceMs)).catch(nullWhenMissing)
      return found && (found.ContentLength ?? 0)
    })
  }

  async get(key: string, { first, last }: ByteRange): Promise<OpenedObject | null> {
    const { signal, begun } = untilBegun()
    const asked = { ...this.#at(key), Range: `bytes=${first}-${last}` }
    const found = await this.#client
      .send(new this.#sdk.GetObjectCommand(asked), { abortSignal: signal })
      .catch(nullWhenMissing)
      .finally(begun)
    if (found === null) return null
    const total = Number(/\/(\d+)$/.exec(found.ContentRange ?? '')?.[1] ?? found.ContentLength)
    return { body: found.Body as Readable, total }
  }

  async remove(key: string): Promise<void> {
    const asked = new this.#sdk.DeleteObjectCommand(this.#at(key))
    await patiently(() => this.#client.send(asked, until(patienceMs)).catch(nullWhenMissing))
  }

  async beginUpload(key: string): Promise<string> {
    const asked = new this.#sdk.CreateMultipartUploadCommand(this.#at(key))
    const begun = await patiently(() => this.#client.send(asked, until(patienceMs)))
    return begun.UploadId ?? ''
  }

  async sendPart(upload: Upload, number: number, sent: SentBytes): Promise<string> {
    const part = { ...this.#of(upload), PartNumber: number }
    return await patiently(() =>
      withBody(sent, async (body, options) => {
        const asked = new this.#sdk.UploadPartCommand({ ...part, ...body })
        return (await this.#client.send(asked, options)).ETag ?? ''
      }),
    )
  }

  async endUpload(upload: Upload, parts: SentPart[]): Promise<void> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }))
    const asked = new this.#sdk.CompleteMultipartUploadCommand({
      ...this.#of(upload),
      MultipartUpload: { Parts },
    })
    await patiently(() => this.#client.send(asked).catch(nullWhenMissing))
  }

  async abortUploads(key: string, uploadId: string | null): Promise<void> {
    const ids = new Set(uploadId === null ? [] : [uploadId])
    for (let aborts = 0; aborts < maxAborts; aborts += 1) {
      for (const id of await this.#listUploads(key)) ids.add(id)
      if (ids.size === 0) return
      for (const id of ids) await this.#abort(key, id)
      ids.clear()
    }
    throw storageUnavailable(new Error(`An upload of ${key} outlived ${maxAborts} aborts.`))
  }

  async #abort(key: string, uploadId: string): Promise<void> {
    const asked = new this.#sdk.AbortMultipartUploadCommand(this.#of({ key, uploadId }))
    await patiently(() => this.#client.send(asked, until(patienceMs)).catch(nullWhenMissing))
  }

  /** None where the key may not list them, or the bucket cannot. */
  async #listUploads(key: string): Promise<string[]> {
    const { Bucket, Key } = this.#at(key)
    const asked = new this.#sdk.ListMultipartUploadsCommand({ Bucket, Prefix: Key })
    const found = await patiently(() =>
      this.#client.send(asked, until(patienceMs)).catch((error) => {
        if (isTransient(error) && statusOf(error) !== 501) throw error
        return null
      }),
    )
    return (found?.Uploads ?? []).flatMap((one) => (one.Key === Key && one.UploadId) || [])
  }

  async presign(
    key: string,
    seconds: number,
    { type, disposition }: { type: string; disposition: string },
  ): Promise<string> {
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner')
    const shown = { ResponseContentType: type, ResponseContentDisposition: disposition }
    const asked = new this.#sdk.GetObjectCommand({ ...this.#at(key), ...shown })
    return await getSignedUrl(this.#client, asked, { expiresIn: seconds })
  }

  async *list(): AsyncGenerator<{ key: string; size: number }> {
    const { bucket: Bucket, prefix: Prefix } = this.settings
    for (let token: string | undefined; ; ) {
      const asked = new this.#sdk.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token })
      const page = await patiently(() => this.#client.send(asked, until(patienceMs)))
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        yield { key: Key.slice(Prefix.length), size: Size }
      }
      token = page.NextContinuationToken
      if (!page.IsTruncated || !token) return
    }
  }

  async ping(key: string): Promise<void> {
    const asked = new this.#sdk.HeadObjectCommand(this.#at(key))
    await this.#client.send(asked, until(5_000)).catch(nullWhenMissing)
  }

  close(): void {
    this.#client.destroy()
  }
}

type Body = { Body: Readable | Uint8Array; ContentLength: number; ContentMD5: string }

/** Sends bytes; a file that fails while it is read ends the request: the SDK would wait for it for ever. */
async function withBody<Result>(
  { open, bytes, md5 }: SentBytes,
  send: (body: Body, options: { abortSignal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const Body = await Promise.resolve(open()).catch((error) => {
    throw storageUnavailable(error)
  })
  const ended = new AbortController()
  let failure: unknown = null
  if (Body instanceof Readable) {
    Body.once('error', (error) => {
      failure = storageUnavailable(error)
      ended.abort()
    })
  }
  try {
    const body = { Body, ContentLength: bytes, ContentMD5: md5 }
    return await send(body, { abortSignal: ended.signal })
  } catch (error) {
    throw failure ?? error
  } finally {
    if (Body instanceof Readable) Body.destroy()
  }
}

function clientConfig({ endpoint, region, isPathStyle, credentials }: BucketSettings) {
  return {
    ...{ region, forcePathStyle: isPathStyle },
    ...(endpoint !== null && { endpoint }),
    ...(credentials !== null && { credentials }),
    // Not all buckets know the checksums that the SDK adds by itself.
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
    expectContinueHeader: false,
    // It would write to the terminal.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    // Bodies are read from files: who tries again opens them anew.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: silenceMs,
      // A reader who has stopped to read holds one for as long as he likes.
      httpAgent: { keepAlive: true, maxSockets: 10_000 },
      httpsAgent: { keepAlive: true, maxSockets: 10_000 },
    },
  }
}

type Sdk = typeof import('@aws-sdk/client-s3')

const until = (ms: number) => ({ abortSignal: AbortSignal.timeout(ms) })

/** A time limit for the beginning of an answer: its bytes may take as long as their reader does. */
function untilBegun(): { signal: AbortSignal; begun(): void } {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('The bucket did not answer.')), patienceMs)
  return { signal: late.signal, begun: () => clearTimeout(timer) }
}
