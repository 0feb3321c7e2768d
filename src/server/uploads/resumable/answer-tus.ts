import type { IncomingHttpHeaders } from 'node:http'
import { resumablePath, tusVersion } from '#contract/resumable.ts'
import { ApiFailure } from '#server/core/failure.ts'

/** What the protocol needs to know of an upload; `expiresAt` in epoch milliseconds. */
export type TusUpload = {
  id: string
  size: number
  received: number
  metadata: Record<string, string | null>
  expiresAt: number
}

/** What a request does to uploads, in the order in which the protocol asks for it. */
export type TusActions = {
  begin(wish: { size: number; metadata: Record<string, string | null> }): Promise<TusUpload>
  find(id: string): Promise<TusUpload>
  /** Takes the body of the request; resolves with how many bytes of the upload are there. */
  append(id: string): Promise<number>
  /** All bytes are there; resolves with headers for the answer. */
  finish(id: string): Promise<Record<string, string>>
  end(id: string): Promise<void>
}

export type TusRequest = {
  method: 'POST' | 'HEAD' | 'PATCH' | 'DELETE'
  /** The path of its address. */
  path: string
  headers: IncomingHttpHeaders
  maxBytes: number
  lifetimeMs: number
}

export type TusAnswer = { status: number; headers: Record<string, string> }

/** What the protocol is about. Of others the library has opinions that are not ours. */
const tusHeaders = /^(tus-|upload-|content-type$|content-length$)/

const extensions = ['creation', 'creation-with-upload', 'expiration', 'termination']

/**
 * Answers a request by tus 1.0. The library has the protocol: versions, headers, offsets, statuses. It does
 * not get the body, which `append` reads by itself, and nothing of CORS is taken from it.
 * @throws ApiFailure for what it refuses, and what an action throws
 */
export async function answerTus(request: TusRequest, actions: TusActions): Promise<TusAnswer> {
  // Loaded with the first such request.
  const { DataStore, Server, Upload } = await import('@tus/server')
  const { maxBytes, lifetimeMs, headers } = request
  let failure: { error: Error } | null = null

  const toUpload = ({ id, size, received, metadata, expiresAt }: TusUpload) =>
    new Upload({
      ...{ id, size, offset: received, metadata },
      // It reckons the end from the beginning; here an upload lives on with each byte that comes.
      creation_date: new Date(expiresAt - lifetimeMs).toISOString(),
    })

  class Store extends DataStore {
    override extensions = extensions
    override getExpiration = () => lifetimeMs
    override getUpload = async (id: string) => toUpload(await actions.find(id))
    override remove = (id: string) => actions.end(id)
    override async create(wanted: InstanceType<typeof Upload>) {
      const { size = 0, metadata = {} } = wanted
      const begun = toUpload(await actions.begin({ size, metadata }))
      // A repeated request gives the upload that is there, and its body counts from the beginning.
      return Object.assign(wanted, begun, { offset: 0 })
    }
    override async write(empty: NodeJS.ReadableStream, id: string) {
      empty.resume()
      return await actions.append(id)
    }
  }

  const server = new Server({
    path: resumablePath,
    datastore: new Store(),
    // Whoever calls this is alone with the upload.
    locker: { newLock: () => ({ lock: async () => {}, unlock: async () => {} }) },
    maxSize: maxBytes,
    // The address that a client used is known to the client alone, with proxies between.
    relativeLocation: true,
    onUploadFinish: async (_request, { id }) => ({ headers: await actions.finish(id) }),
    onResponseError(_request, error) {
      if (error instanceof Error && !('status_code' in error)) failure ??= { error }
      return undefined
    },
  })
  const asked = new Request(`http://tus.invalid${request.path}`, {
    method: request.method,
    headers: Object.entries(headers).filter((entry): entry is [string, string] => {
      return tusHeaders.test(entry[0]) && typeof entry[1] === 'string'
    }),
  })
  const answer = await server.handleWeb(asked as never)
  const thrown = failure as { error: Error } | null
  if (thrown !== null) throw thrown.error
  if (answer.status >= 400 && answer.status !== 412) throw failureOf(answer.status, maxBytes)
  return { status: answer.status, headers: headersOf(answer.headers) }
}

function headersOf(headers: Headers): Record<string, string> {
  const kept = [...headers].filter(([name]) => /^(upload-|location$|cache-control$)/.test(name))
  return Object.fromEntries(kept)
}

/** Why the protocol refuses, in the API's words. */
function failureOf(status: number, maxBytes: number): ApiFailure {
  if (status === 404 || status === 410) {
    return new ApiFailure('not_found', 'There is no such upload.')
  }
  if (status === 409) {
    return new ApiFailure(
      'conflict',
      'Upload-Offset is not how many bytes are there: ask by HEAD, and go on from that.',
    )
  }
  if (status === 413) {
    return new ApiFailure(
      'payload_too_large',
      `More bytes than Upload-Length says, or more than the ${maxBytes} that a file may have.`,
    )
  }
  return new ApiFailure(
    'invalid_request',
    `This is no request of tus ${tusVersion}: POST takes Upload-Length and Upload-Metadata with base64 values, PATCH Upload-Offset and "Content-Type: application/offset+octet-stream".`,
  )
}
