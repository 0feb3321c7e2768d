import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ErrorReply } from '#contract/api-error.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'
import { fileHeader, type ResumedFile, resumablePath, tusVersion } from '#contract/resumable.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { errorBody } from '#server/http/request/error-reply.ts'
import type { IncomingBytes } from '#server/http/request/incoming-bytes.ts'
import { pathOf } from '#server/http/request/request-target.ts'
import type { Route, RouteContext } from '#server/http/route/route.ts'
import { HeadReply } from '#server/http/route/serialized-reply.ts'
import { createRunUnit, type Database } from '#server/storage/database.ts'
import { answerTus, type TusActions, type TusRequest, type TusUpload } from './answer-tus.ts'
import { createPartialRepository, type PartialRow } from './partial-repository.ts'
import { lifetimeMs, PartialUploads, type PartialUploadsDeps } from './partial-uploads.ts'

type Key = { id: string; userId: string }

type Deps = Omit<PartialUploadsDeps, 'partials' | 'run'> & {
  database: Database
  route: Route<Key>
  /** Per file. */
  maxBytes: number
}

const sweepEveryMs = 10 * 60 * 1000

/** What came of a call, with its parts as far as the protocol is concerned. */
type Call = Pick<RouteContext<Endpoint, Key, unknown>, 'raw' | 'signal'> & {
  key: Key
  body: IncomingBytes | null
}

/** Uploads by the tus protocol; expired ones are swept. */
export function addResumableRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, database, maxBytes, idempotency } = deps
  const partials = createPartialRepository(database)
  const uploads = new PartialUploads({ ...deps, partials, run: createRunUnit(database) })

  const answer = async (method: TusRequest['method'], call: Call): Promise<HeadReply> => {
    const { raw } = call
    const path = pathOf(raw.originalUrl)
    const request = { method, path, headers: headersOf(raw), maxBytes, lifetimeMs }
    if (raw.headers['tus-resumable'] !== tusVersion) return wrongVersion
    if (method === 'POST') checkText(raw.headers['upload-metadata'])
    const { id } = raw.params as { id?: string }
    const { status, headers } =
      id === undefined
        ? await answerTus(request, actionsOf(call, call.signal))
        : await uploads.alone(id, (takenOver) => {
            takenOver.throwIfAborted()
            return answerTus(request, actionsOf(call, AbortSignal.any([call.signal, takenOver])))
          })
    const isWhole = method === 'HEAD' && headers['upload-offset'] === headers['upload-length']
    return new HeadReply(status, {
      ...headers,
      ...(isWhole &&
        id !== undefined &&
        fileHeaderOf(await uploads.finish(holderOf(call), { id }))),
    })
  }

  function actionsOf(call: Call, signal: AbortSignal): TusActions {
    const holder = holderOf(call)
    let begun: PartialRow | null = null
    return {
      async begin(wish) {
        const idempotencyKey = idempotency.readKey(call.raw)
        begun = await uploads.begin({ ...wish, holder, idempotencyKey })
        return tusUpload(begun)
      },
      find: async (id) => tusUpload(await uploads.find(holder, id)),
      async append(id) {
        // A repeated POST adds nothing: somebody may be at work on the upload that it began.
        if (begun !== null && begun.received > 0) return begun.received
        const row = begun ?? (await uploads.find(holder, id))
        if (row.file_json !== null || call.body === null) return row.received
        return await uploads.append(holder, row, { body: call.body, signal })
      },
      finish: async (id) => fileHeaderOf(await uploads.finish(holder, { id })),
      end: async (id) => uploads.remove(await uploads.find(holder, id)),
    }
  }

  route(app, endpoints.beginUpload, (call) => answer('POST', call))
  route(app, endpoints.uploadOffset, (call) => answer('HEAD', call))
  route(app, endpoints.continueUpload, (call) => answer('PATCH', call))
  route(app, endpoints.endUpload, (call) => answer('DELETE', call))

  // "In every response": also in those that no endpoint made.
  app.addHook('onSend', async ({ originalUrl }, reply) => {
    if (!pathOf(originalUrl).startsWith(resumablePath)) return
    reply.header('tus-resumable', tusVersion)
    // On a connection that was used before, a browser sends a part again by itself when it is cut.
    if (!reply.hasHeader('connection')) reply.header('connection', 'close')
  })

  const warn = (error: unknown) => app.log.warn({ err: error }, 'old uploads are not removed')
  const sweep = async () => {
    await uploads.sweepExpired().catch(warn)
    if (deps.hasPeers) await uploads.sweepLeftovers().catch(warn)
  }
  let timer: NodeJS.Timeout | undefined
  // Nobody can ask yet.
  app.addHook('onReady', () => uploads.sweepLeftovers().catch(warn))
  app.addHook('onListen', async () => {
    void sweep()
    timer = setInterval(sweep, sweepEveryMs)
    timer.unref()
  })
  app.addHook('preClose', async () => clearInterval(timer))
}

const holderOf = ({ key }: Call) => ({ keyId: key.id, userId: key.userId })

/** With the content type, which the route has taken out of the way. */
function headersOf({ raw }: FastifyRequest) {
  const [type] = raw.headersDistinct['content-type'] ?? []
  return { ...raw.headers, ...(type !== undefined && { 'content-type': type }) }
}

function tusUpload(row: PartialRow): TusUpload {
  const metadata = JSON.parse(row.metadata_json)
  return { id: row.id, size: row.size, received: row.received, metadata, expiresAt: row.expires_at }
}

/** In ASCII: what is not goes as an escape that JSON has for it. */
function fileHeaderOf(file: ResumedFile): Record<string, string> {
  const text = JSON.stringify(file).replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return { [fileHeader]: text }
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** The library would put U+FFFD for invalid bytes, and store that as a name. */
function checkText(metadata: string | string[] | undefined): void {
  for (const pair of String(metadata ?? '').split(',')) {
    const [key = '', value = ''] = pair.trim().split(' ')
    try {
      strict.decode(Buffer.from(value, 'base64'))
    } catch {
      throw new ApiFailure('invalid_request', `${key} in Upload-Metadata is not valid UTF-8.`)
    }
  }
}

const otherVersion: ErrorReply = errorBody(
  new ApiFailure('invalid_request', `Send the header "Tus-Resumable: ${tusVersion}".`),
)
const wrongVersion = new HeadReply(412, { 'tus-version': tusVersion }, otherVersion)
