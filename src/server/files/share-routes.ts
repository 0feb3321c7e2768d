import { buffer } from 'node:stream/consumers'
import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import mime from 'mime'
import { ApiFailure } from '#server/core/failure.ts'
import { sendRange } from '#server/http/send/send-range.ts'
import type { BlobStore, KnownBlob } from '#server/storage/blob-store.ts'
import type { FileRepository } from './file-repository.ts'
import { type Previews, readPreviewQuery, sendPreview } from './share-previews.ts'

type Deps = {
  files: Pick<FileRepository, 'findShared'>
  blobs: BlobStore
  previews: Previews
}
type SharedFile = KnownBlob & { name: string }
type Share = { Params: { trackingId: string; name: string }; Querystring: Record<string, unknown> }

/** Of every answer behind a link: every page may read it. */
export const linkHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'accept-ranges, content-disposition, content-length, content-range, etag',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Share links: whoever knows one may read that file, without a key and outside its rate limit. */
export function addShareRoutes(app: FastifyInstance, { files, blobs, previews }: Deps): void {
  async function share(request: FastifyRequest<Share>, reply: FastifyReply): Promise<FastifyReply> {
    reply.headers(linkHeaders)
    const file = await files.findShared(request.params.trackingId)
    // The name is part of the link, or one file would have any number of addresses. Links to one that
    // has had another name are about: there the id counts.
    if (!file || (file.name !== request.params.name && !file.isRenamed)) {
      throw new ApiFailure('not_found', 'There is no file behind this link.')
    }
    const asked = readPreviewQuery(request.query)
    if (asked) {
      const { type } = await rulesOf(blobs, file)
      return await sendPreview(request, reply, { asked, file, type, previews })
    }
    const headers = await contentHeaders(request, blobs, file)
    const elsewhere = await addressElsewhere(request, blobs, { file, headers })
    if (elsewhere !== null) {
      return reply.header('cache-control', 'no-store').redirect(elsewhere, 302)
    }
    return await sendRange(request, reply, {
      size: file.size,
      etag: `"${file.sha256}"`,
      modifiedAt: file.uploadedAt,
      headers,
      open: (range) => blobs.open(file, range),
      requireWhole: () => blobs.requireWhole(file),
    })
  }

  const url = '/share/:trackingId/:name'
  app.route<Share>({ method: ['GET', 'HEAD'], url, compress: false, handler: share })
  allowReading(app, url)
}

/** Lets pages of other origins ask before they read a range of what is at `url`. */
export function allowReading(app: FastifyInstance, url: string): void {
  app.options(url, async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers':
          'range, if-range, if-match, if-none-match, if-modified-since, if-unmodified-since',
        'access-control-max-age': '86400',
      })
      .send(),
  )
}

async function contentHeaders(
  request: FastifyRequest<Share>,
  blobs: BlobStore,
  file: SharedFile,
): Promise<Record<string, string>> {
  const { name } = file
  const rules = await rulesOf(blobs, file)
  const type = rules.isInline && request.query.download !== '1' ? 'inline' : 'attachment'
  return {
    'content-type': rules.type,
    'content-disposition': contentDisposition(name, { type }),
    'content-security-policy': rules.policy,
    'cache-control': 'private, max-age=0, must-revalidate',
  }
}

async function rulesOf(blobs: BlobStore, file: SharedFile): Promise<ContentRules> {
  const { name } = file
  return contentRules(name, !isFilmOrScript(name) || (await isTransportStream(blobs, file)))
}

/** For as long as it takes to begin: after that whoever was banned has no way in. */
const elsewhereSeconds = 60

/**
 * Where a film, a song, a picture or a download is given without this server in between; null where that
 * is not wanted. Not for a condition, which would be compared with another ETag than ours, and not for a
 * page's script, to which another origin must answer in its own way.
 */
async function addressElsewhere(
  { method, headers: asked }: FastifyRequest<Share>,
  blobs: BlobStore,
  { file, headers }: { file: SharedFile; headers: Record<string, string> },
): Promise<string | null> {
  if (blobs.presign === null || method !== 'GET' || file.size === 0) return null
  if (Object.keys(asked).some((name) => name.startsWith('if-'))) return null
  const { 'content-type': type = '', 'content-disposition': disposition = '' } = headers
  const isMedia = /^(video|audio|image)\//.test(type) && !type.startsWith('image/svg')
  if (!isMedia && !disposition.startsWith('attachment')) return null
  if (!isForNobodysScript(asked)) return null
  return await blobs.presign(file, { type, disposition, seconds: elsewhereSeconds })
}

/** Over plain http browsers do not say what they ask for; other programs never do, and follow. */
function isForNobodysScript(asked: FastifyRequest['headers']): boolean {
  const mode = asked['sec-fetch-mode']
  if (asked.origin !== undefined) return false
  if (mode === undefined) return !/^mozilla\//i.test(asked['user-agent'] ?? '')
  return mode === 'navigate' || mode === 'no-cors'
}

export type ContentRules = { type: string; isInline: boolean; policy: string }

const fallbackType = 'application/octet-stream'
// What browsers run, as a script of a page or as a worker that outlives it, if it has such a type.
const scriptType = /^(application|text)\/(x-)?(java|ecma|live|j)script$/
export const sandboxPolicy = "default-src 'none'; sandbox"
// A picture or a film on its own page, and the style that browsers give that page.
const mediaPolicy =
  "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox"
// Browsers do not show a PDF in a sandbox; it has no way to the app's storage without scripts. Any page
// may frame it, for the app may be served from elsewhere: there is nothing in it to press.
const pdfPolicy =
  "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors *"

/** Names that TypeScript and films share: `share-routes.ts` says which of the two a file is. */
function isFilmOrScript(name: string): boolean {
  return /\.m?ts$/i.test(name)
}

/**
 * How a stored file is shown, by its name: inline where a browser shows it without running it, as a
 * download otherwise. No stored page may ever run as a page of the app's origin.
 */
function contentRules(name: string, isFilm = true): ContentRules {
  const named = mime.getType(name) ?? fallbackType
  const isScript = isFilmOrScript(name) && !isFilm
  const type = isScript ? 'text/plain' : scriptType.test(named) ? fallbackType : named
  if (type === 'application/pdf') return { type, isInline: true, policy: pdfPolicy }
  if (/^(image|audio|video)\//.test(type)) return { type, isInline: true, policy: mediaPolicy }
  if (type === 'text/plain') {
    return { type: 'text/plain; charset=utf-8', isInline: true, policy: sandboxPolicy }
  }
  if (type === 'text/vtt') {
    return { type: 'text/vtt; charset=utf-8', isInline: false, policy: sandboxPolicy }
  }
  return { type, isInline: false, policy: sandboxPolicy }
}

/** A packet of MPEG-TS has 188 bytes; on Blu-rays and in cameras' `.m2ts` four more go before it. */
const packetSizes = [188, 192]
const syncByte = 0x47
const packetsLookedAt = 3

/** Whether `file` is a film in MPEG-TS: every packet of one starts with "G". */
async function isTransportStream(blobs: BlobStore, file: KnownBlob): Promise<boolean> {
  const bytes = await readStart(blobs, file, packetsLookedAt * 192)
  return packetSizes.some((size) => {
    const first = size - 188
    if (bytes.length <= first + size) return false
    const starts = Array.from({ length: packetsLookedAt }, (_, index) => first + index * size)
    return starts.every((at) => at >= bytes.length || bytes[at] === syncByte)
  })
}

async function readStart(blobs: BlobStore, file: KnownBlob, length: number): Promise<Uint8Array> {
  if (file.size === 0) return new Uint8Array()
  const opened = await blobs.open(file, { first: 0, last: Math.min(length, file.size) - 1 })
  return opened instanceof Uint8Array ? opened : await buffer(opened)
}
