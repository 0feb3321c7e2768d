import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { assertMatchesOpenApi } from './check-openapi-reply.ts'

const decoders = new Map<string, (bytes: Buffer) => Buffer>([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
])

/** Begins a line of a watched process that tells of an answer that broke the document. */
export const faultMark = 'Not by OpenAPI: '

/**
 * Holds every answer of the v1 API that `server` gives, to whatever client, against the OpenAPI
 * document. Returns what throws when one of them broke it. For tests.
 */
export function watchReplies(server: Server): () => void {
  const faults: Error[] = []
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    watchReply(request, response, (fault) => faults.push(fault))
  })
  return () => {
    if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join('\n'))
  }
}

/** The same for one answer. Call it before anything of it is sent. */
export function watchReply(
  { method = '', url: path = '' }: IncomingMessage,
  response: ServerResponse,
  onFault: (fault: Error) => void,
): void {
  const isApi = path.startsWith('/api/v1/') && !path.startsWith('/api/v1/openapi.json')
  if (!isApi || method === 'HEAD') return
  const headerOf = keepHead(response)
  const sent = keepSent(response, headerOf)
  response.once('finish', () => {
    try {
      const text = String(sent())
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      assertMatchesOpenApi({ method, path, status: response.statusCode, body })
      assertTellsWindow(headerOf)
    } catch (error) {
      onFault(new Error(`${method} ${path}: ${(error as Error).message}`))
    }
  })
}

/** "Every response includes" the three headers. */
function assertTellsWindow(headerOf: HeaderOf): void {
  for (const name of ['limit', 'remaining', 'reset']) {
    const value = String(headerOf(`x-ratelimit-${name}`))
    if (!/^\d+$/.test(value)) throw new Error(`its X-RateLimit-${name} is ${value}.`)
  }
}

type HeaderOf = (name: string) => unknown

/** Returns what tells a header that went out, by its lower-case name. Node forgets those that only `writeHead` got. */
function keepHead(response: ServerResponse): HeaderOf {
  let head: unknown
  const writeHead = response.writeHead.bind(response) as (...parts: unknown[]) => never
  response.writeHead = (...parts: unknown[]) => {
    head = parts.at(-1)
    return writeHead(...parts)
  }
  return (name) => response.getHeader(name) ?? (head as Record<string, unknown> | undefined)?.[name]
}

/** Returns what tells the body that went out, without its compression. */
function keepSent(response: ServerResponse, headerOf: HeaderOf): () => Buffer {
  const chunks: Buffer[] = []
  for (const name of ['write', 'end'] as const) {
    const send = response[name].bind(response) as (...args: unknown[]) => never
    response[name] = (...args: unknown[]) => {
      const [chunk] = args
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
      return send(...args)
    }
  }
  return () => {
    const decode = decoders.get(String(headerOf('content-encoding')))
    const bytes = Buffer.concat(chunks)
    return decode ? decode(bytes) : bytes
  }
}
