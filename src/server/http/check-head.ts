import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiFailure } from './api-failure.ts'
import { isLengthMissing } from './linger.ts'
import { isDecodable, isPath } from './request-target.ts'

/** What two readers could take for two different requests is refused. */
export function checkHead({ raw, originalUrl }: FastifyRequest): void {
  const refusal = whatIsWrong(raw, originalUrl)
  if (refusal !== null) throw new ApiFailure('invalid_request', refusal)
}

function whatIsWrong(raw: IncomingMessage, target: string): string | null {
  // Node's parser reads "HTTP/2.0" and "HTTP/0.9" as if they were this.
  if (!/^1\.[01]$/.test(raw.httpVersion)) return 'This server speaks HTTP/1.1.'
  const [host, ...moreHosts] = raw.headersDistinct.host ?? []
  if (host === undefined || host === '' || moreHosts.length > 0) {
    return 'A request needs exactly one Host header.'
  }
  if (!isHost(host)) return 'The Host header names no host.'
  // "//evil/api/v1/files" is a path to us and another host to a URL parser.
  if (!isPath(target)) return 'The request target must be a path.'
  if (!isDecodable(target)) return 'The address is not valid percent-encoded UTF-8.'
  const { 'transfer-encoding': coding, expect = '100-continue' } = raw.headers
  // "gzip, chunked" would be stored as it is on its way; HTTP/1.0 knows no chunks at all.
  if (coding !== undefined && (!/^chunked$/i.test(coding) || raw.httpVersion === '1.0')) {
    return 'The only Transfer-Encoding is "chunked", in HTTP/1.1.'
  }
  if (isLengthMissing(raw)) return 'A body in HTTP/1.0 needs a Content-Length.'
  return /^100-continue$/i.test(expect)
    ? null
    : 'The only expectation that can be met is 100-continue.'
}

/** Our own address is made from it where none is set, so it must be one. */
function isHost(host: string): boolean {
  return /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host) && URL.canParse(`http://${host}`)
}
