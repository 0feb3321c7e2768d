import { expect } from 'vitest'
import { type ApiErrorCode, apiErrorStatus, errorReply } from '#contract/api-error.ts'
import { assertMatchesOpenApi } from './docs/check-openapi-reply.ts'
import { startTestServer, type TestRequest, type TestServer } from './start-test-server.ts'
import { sendRaw } from './test-raw-request.ts'

/** One for a whole file: what it refuses leaves no trace, and a server for each case takes a minute. */
export const startRefusingServer = (): Promise<TestServer> =>
  startTestServer({ config: { rateLimit: 100_000, uploadMaxBytes: 1000 } })

/**
 * Refusals take milliseconds. This is far more, for a busy machine must fail no test, and far less
 * than any of the server's own limits: who gets an answer that waited for something sees it here.
 */
const patience = () => AbortSignal.timeout(10_000)

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
