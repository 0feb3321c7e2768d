import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/core/failure.ts'
import {
  brokenEscape,
  escapeRule,
  isHost,
  isPath,
  pathOf,
} from '#server/http/request/request-target.ts'
import { isLengthMissing } from './lingering-close.ts'

/** What two readers could take for two different requests is refused. */
export function checkHead({ raw, originalUrl }: FastifyRequest): void {
  const refusal = whatIsWrong(raw, originalUrl)
  if (refusal !== null) throw new ApiFailure('invalid_request', refusal)
}

function whatIsWrong(raw: IncomingMessage, target: string): string | null {
  // Node's parser reads "HTTP/2.0" and "HTTP/0.9" as if they were this.
  if (!/^1\.[01]$/.test(raw.httpVersion)) return 'This server speaks HTTP/1.1.'
  const refusal = whatIsWrongWithHost(raw) ?? whatIsWrongWithTarget(target)
  if (refusal !== null) return refusal
  const { 'transfer-encoding': coding, expect = '100-continue' } = raw.headers
  // "gzip, chunked" would be stored as it is on its way; HTTP/1.0 knows no chunks at all.
  if (coding !== undefined && (!/^chunked$/i.test(coding) || raw.httpVersion === '1.0')) {
    return 'The only Transfer-Encoding is "chunked", in HTTP/1.1.'
  }
  if (isLengthMissing(raw)) return 'A body in HTTP/1.0 needs a Content-Length.'
  return /^100-continue$/i.test(expect)
    ? null
    : 'The only expectation that can be met is 100-continue: leave the Expect header out.'
}

function whatIsWrongWithHost({ headersDistinct, httpVersion }: IncomingMessage): string | null {
  const [host, ...more] = headersDistinct.host ?? []
  // Health checks ask in HTTP/1.0, which has no Host.
  if (host === undefined && httpVersion === '1.0') return null
  if (host === undefined || host === '' || more.length > 0) {
    return 'A request needs exactly one Host header, such as "Host: files.example".'
  }
  return isHost(host) ? null : 'The Host header must be a name or address, with a port or without.'
}

function whatIsWrongWithTarget(target: string): string | null {
  if (/^https?:\/\//i.test(target)) {
    return 'The address names another host than the Host header: send both alike, or the path alone.'
  }
  // "//evil/api/v1/files" is a path to us and another host to a URL parser.
  if (!isPath(target)) return 'The address must be a path that begins with one slash.'
  const broken = brokenEscape(pathOf(target))
  return broken === null ? null : escapeRule(broken)
}
