import { Readable } from 'node:stream'
import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ArchiveReply } from '#contract/archive.ts'
import { endpoints } from '#contract/endpoints.ts'
import { pipeAndRelease } from '#server/bytes/pipe-and-release.ts'
import type { AccessHolder, AccessWatch } from '#server/core/access-watch.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { allowReading, linkHeaders, sandboxPolicy } from '#server/files/share-routes.ts'
import type { Route } from '#server/http/route/route.ts'
import { sendRange } from '#server/http/send/send-range.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { ArchiveBytes } from './archive-bytes.ts'
import { type ArchiveRepository, createArchiveRepository } from './archive-repository.ts'
import { type ArchiveWish, makeArchive } from './make-archive.ts'

type Deps = {
  database: Database
  blobs: BlobStore
  route: Route<{ id: string; userId: string }>
  access: AccessWatch
  clock: Clock
  /** Whether other servers make archives, too. */
  hasPeers: boolean
  publicUrl(): string
}

type Link = { Params: { trackingId: string; name: string } }

const sweepEveryMs = 10 * 60 * 1000
/** A list that is not finished after so long was made by a server that has ended. */
const abandonedMs = 60 * 60 * 1000
/** A download that began while the link opened may go on for so long. */
const graceMs = 24 * 60 * 60 * 1000

/** What makes archives, for others than the account's own keys. */
export type Archives = {
  archives: ArchiveRepository
  makeArchive(wish: ArchiveWish): Promise<ArchiveReply>
}

/** `POST /archive` and the links that it gives; expired ones are swept. */
export function addArchives(app: FastifyInstance, deps: Deps): Archives {
  const { access, blobs, clock, route } = deps
  const archives = createArchiveRepository(deps.database)
  route(app, endpoints.archive, ({ key, body }) =>
    makeArchive({ ...deps, archives }, { ...body, userId: key.userId, keyId: key.id }),
  )

  async function send(request: FastifyRequest<Link>, reply: FastifyReply): Promise<FastifyReply> {
    reply.headers(linkHeaders)
    const { trackingId, name } = request.params
    const archive = await archives.find(trackingId, clock.now())
    if (archive === null || archive.name !== name) throw noArchive()
    const holder = { keyId: archive.key_id, userId: archive.user_id }
    await access.require(holder).catch(() => {
      throw noArchive()
    })
    const bytes = new ArchiveBytes({ archives, blobs }, archive)
    return await sendRange(request, reply, {
      size: archive.size,
      etag: archive.etag,
      modifiedAt: new Date(archive.created_at),
      headers: {
        'content-type': 'application/zip',
        'content-disposition': contentDisposition(archive.name, { type: 'attachment' }),
        'content-security-policy': sandboxPolicy,
        'cache-control': 'private, max-age=0, must-revalidate',
      },
      async open(range) {
        await bytes.requireWhole()
        return streamOf(whileAllowed(bytes.read(range), access, holder))
      },
      requireWhole: () => bytes.requireWhole(),
    })
  }

  const url = '/share/zip/:trackingId/:name'
  app.route<Link>({ method: ['GET', 'HEAD'], url, compress: false, handler: send })
  allowReading(app, url)

  const sweep = async () => {
    if (deps.hasPeers) await archives.removeUnfinished(clock.now() - abandonedMs)
    await archives.remove(await archives.expired(clock.now() - graceMs))
  }
  const warn = (error: unknown) => app.log.warn({ err: error }, 'old archives are not removed')
  let timer: NodeJS.Timeout | undefined
  app.addHook('onListen', async () => {
    // Those of other servers are being made.
    const first = deps.hasPeers ? sweep() : archives.removeUnfinished().then(sweep)
    first.catch(warn)
    timer = setInterval(() => sweep().catch(warn), sweepEveryMs)
    timer.unref()
  })
  app.addHook('preClose', async () => clearInterval(timer))
  return { archives, makeArchive: (wish) => makeArchive({ ...deps, archives }, wish) }
}

function noArchive(): ApiFailure {
  return new ApiFailure('not_found', 'There is no archive behind this link, or it has expired.')
}

/** A download may go on for hours: it ends when the key is revoked or the account banned. */
async function* whileAllowed(
  bytes: AsyncIterable<Uint8Array>,
  access: AccessWatch,
  holder: AccessHolder,
): AsyncGenerator<Uint8Array> {
  using held = access.watch(holder)
  for await (const piece of bytes) {
    held.signal.throwIfAborted()
    yield piece
  }
}

/** Reads one piece ahead, and frees each as soon as it is out. */
function streamOf(bytes: AsyncIterable<Uint8Array>): Readable {
  const stream = Readable.from(bytes, { objectMode: false, highWaterMark: 1 })
  stream.pipe = (to) => {
    pipeAndRelease(stream, to)
    return to
  }
  return stream
}
