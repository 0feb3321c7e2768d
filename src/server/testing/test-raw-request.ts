import { connect } from 'node:net'
import { expect } from 'vitest'
import { type ApiErrorCode, apiErrorStatus, errorReply } from '#contract/api-error.ts'
import { assertMatchesOpenApi } from './check-openapi-reply.ts'
import { startTestServer, type TestRequest, type TestServer } from './start-test-server.ts'

export type RawReply = { status: number; headers: Record<string, string>; body: string }

/**
 * Sends bytes as they are, which no HTTP client would, and reads one answer by its Content-Length
 * (or to the end of the connection). Interim 1xx answers are skipped.
 */
export async function sendRaw(
  origin: string,
  request: string | Uint8Array,
  signal?: AbortSignal,
): Promise<RawReply> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), ...(signal && { signal }) })
  socket.write(request)
  let text = ''
  try {
    for await (const chunk of socket) {
      text = `${text}${(chunk as Buffer).toString('latin1')}`.replace(
        /^HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n/,
        '',
      )
      const reply = readReply(text)
      if (reply) return reply
    }
  } finally {
    socket.destroy()
  }
  throw new Error(`The connection ended without a whole answer: ${JSON.stringify(text)}`)
}

/** Sends bytes as they are; resolves with all that came when the server has closed the connection. */
export async function sendUntilClosed(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setEncoding('latin1').write(request)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

function readReply(text: string): RawReply | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const body = text.slice(end + 4)
  if (body.length < Number(headers['content-length'] ?? 0)) return null
  return { status: Number(statusLine.split(' ')[1]), headers, body }
}

/**
 * One server for a whole test file: refusals leave no trace, and one for each case would take a
 * minute.
 */
export const startRefusingServer = (): Promise<TestServer> =>
  startTestServer({ config: { rateLimit: 100_000, uploadMaxBytes: 1000 } })

/**
 * Refusals take milliseconds. This is far more, so that a busy machine fails no test, and far
 * less than any limit of the server, so that an answer that waited for one fails.
 */
const patience = () => AbortSignal.timeout(60_000)

/** Asks and is refused as `code`: in time, in JSON by the contract and OpenAPI, kept by no cache. */
export async function expectRefusal(
  server: TestServer,
  [path, init = {}]: [path: string, init?: TestRequest],
  code: ApiErrorCode,
): Promise<Response> {
  const reply = await server.request(path, { signal: patience(), ...init })
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
  expect(reply.headers.get('cache-control')).toBe('no-store')
  const told = errorReply.parse(await reply.json())
  expect({ status: reply.status, code: told.code }).toEqual({ status: apiErrorStatus[code], code })
  return reply
}

/** The same for bytes that no HTTP client would send. */
export async function expectRawRefusal(
  server: TestServer,
  request: string | Uint8Array,
  code: ApiErrorCode = 'invalid_request',
): Promise<void> {
  const reply = await sendRaw(server.origin, request, patience())
  expect(reply.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  const body: unknown = JSON.parse(reply.body)
  assertMatchesOpenApi({ method: 'GET', path: '/unreadable', status: reply.status, body })
  const told = errorReply.parse(body)
  expect({ status: reply.status, code: told.code }).toEqual({ status: apiErrorStatus[code], code })
}
