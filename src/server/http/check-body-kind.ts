import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '#contract/endpoints.ts'
import { ApiFailure } from './api-failure.ts'

/**
 * Refuses, before it is read, a body that would be stored or passed over although the client meant
 * something else by it. Any other content type is the file's own affair: also `curl --data-binary`
 * calls every file a form.
 */
export function checkBodyKind(endpoint: Endpoint, request: IncomingMessage): void {
  const refusal =
    endpoint.body === 'bytes' ? whatIsNoFile(request) : whatIsNotRead(endpoint, request)
  if (refusal !== null) throw new ApiFailure('invalid_request', refusal)
}

function whatIsNoFile({ headers }: IncomingMessage): string | null {
  if (/^multipart\/form-data\s*;.*boundary=/i.test(headers['content-type'] ?? '')) {
    return 'This is a form (multipart/form-data), which would be stored with its envelope. Send the bytes of one file as the body and its name in the address: curl --data-binary @FILE "…/api/v1/upload?filename=NAME", not -F.'
  }
  if (!/^\s*(identity\s*)?$/i.test(headers['content-encoding'] ?? '')) {
    return 'The file would be stored as it is compressed now. Send it without Content-Encoding; a file that is to stay compressed needs no such header.'
  }
  return headers['content-range'] === undefined
    ? null
    : 'A file comes whole, in one request: pieces with Content-Range would each become a file.'
}

function whatIsNotRead({ method, body }: Endpoint, { headers }: IncomingMessage): string | null {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return method === 'GET' && body === null && hasBody
    ? 'GET takes no body, and what is in it would be passed over: put it into the address, as in "?path=/Films/" (curl: -G).'
    : null
}
