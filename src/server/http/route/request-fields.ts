import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import type { Endpoint } from '#contract/endpoint.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { isBodyUnderWay, sendContinue } from '#server/http/request/incoming-bytes.ts'
import { brokenEscape, escapeRule } from '#server/http/request/request-target.ts'

// The small build of zod brings no words of its own; the app never shows them, a refusal does.
z.config(z.locales.en())

type FieldPlace = 'query' | 'body' | 'Upload-Metadata'

/** Reads what a client sent by its schema; a refusal names the first field that is wrong, and why. */
export function parseFields<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  place: FieldPlace,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ApiFailure('invalid_request', whatIsWrong(parsed.error.issues[0], value, place))
}

function whatIsWrong(
  issue: z.core.$ZodIssue | undefined,
  value: unknown,
  place: FieldPlace,
): string {
  if (!issue) return `The ${place} is not valid.`
  if (issue.path.length === 0) return `The ${place} must be a JSON object.`
  const field = issue.path.join('.')
  const given = issue.path.reduce<unknown>(fieldOf, value)
  if (given === undefined) return `${field} is missing: ${whereItGoes(field, place)}.`
  if (place === 'query' && Array.isArray(given)) return `${field} is given more than once.`
  // Words of our own already say which field; the library's do not.
  return issue.code === 'custom' || issue.message.startsWith(field)
    ? issue.message
    : `${field}: ${issue.message}`
}

function whereItGoes(field: string, place: FieldPlace): string {
  if (place === 'query') return `add it to the address, as in "?${field}=…"`
  return place === 'body'
    ? 'add it to the JSON body'
    : `add it to the header Upload-Metadata, in base64, as in "${field} bW92aWUubXA0"`
}

function fieldOf(parent: unknown, name: PropertyKey): unknown {
  return (parent as Record<PropertyKey, unknown> | null | undefined)?.[name]
}

/**
 * The query of `url` as text fields, strictly: an escape that is no UTF-8 is refused, where
 * lenient parsers would hand on the raw text. A name that comes twice becomes a list, which no
 * schema takes, so that two readers never disagree on which of the two counts.
 */
export function parseQuery(url: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null)
  const start = url.indexOf('?')
  if (start < 0) return fields
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decode(part.slice(equals + 1))
    const known = fields[name]
    // Two tell as much as ten thousand.
    fields[name] = known === undefined ? value : [known, value].flat().slice(0, 2)
  }
  return fields
}

function decode(text: string): string {
  const broken = brokenEscape(text)
  if (broken !== null) throw new ApiFailure('invalid_request', escapeRule(broken))
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/**
 * Lets a body come in that a parser will read whole. One that trickles must not hold its request for
 * ever. Uploads have a rule of their own.
 */
export function awaitSmallBody(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  if (!isBodyUnderWay(raw)) return
  const { 'content-encoding': coding = 'identity' } = raw.headers
  if (!/^identity$/i.test(coding)) {
    throw new ApiFailure('invalid_request', 'Send the body as it is, without Content-Encoding.')
  }
  sendContinue(reply)
  const timer = setTimeout(() => {
    if (raw.complete || reply.sent) return
    reply.send(
      new ApiFailure('unavailable', 'The request body took too long to arrive. Send it again.'),
    )
  }, request.server.connectionLimits.bodyMs)
  raw.once('close', () => clearTimeout(timer))
}

/**
 * Refuses, before it is read, a body that would be stored or passed over although the client meant
 * something else by it. Any other content type is the file's own affair: also `curl --data-binary`
 * calls every file a form.
 */
export function checkBodyKind(endpoint: Endpoint, request: IncomingMessage): void {
  const refusal =
    endpoint.body === 'bytes'
      ? whatIsNoFile(request)
      : endpoint.body === 'form'
        ? whatIsNoForm(request)
        : whatIsNotRead(endpoint, request)
  if (refusal !== null) throw new ApiFailure('invalid_request', refusal)
}

const formType = /^multipart\/form-data\s*;.*boundary=/i

function whatIsNoFile({ headers }: IncomingMessage): string | null {
  if (formType.test(headers['content-type'] ?? '')) {
    return 'This is a form (multipart/form-data), which would be stored with its envelope. Send the bytes of one file as the body and its name in the address: curl --data-binary @FILE "…/api/v1/upload?filename=NAME", not -F.'
  }
  if (!/^\s*(identity\s*)?$/i.test(headers['content-encoding'] ?? '')) {
    return 'The file would be stored as it is compressed now. Send it without Content-Encoding; a file that is to stay compressed needs no such header.'
  }
  return headers['content-range'] === undefined
    ? null
    : 'A file comes whole, in one request: pieces with Content-Range would each become a file.'
}

function whatIsNoForm({ headers }: IncomingMessage): string | null {
  if (!formType.test(headers['content-type'] ?? '')) {
    return 'Send the files as a form, multipart/form-data with its boundary: curl -F "file=@FILE" "…/api/v1/upload/batch?path=/".'
  }
  return /^\s*(identity\s*)?$/i.test(headers['content-encoding'] ?? '')
    ? null
    : 'Send the form as it is, without Content-Encoding.'
}

function whatIsNotRead({ method, body }: Endpoint, { headers }: IncomingMessage): string | null {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return method === 'GET' && body === null && hasBody
    ? 'GET takes no body, and what is in it would be passed over: put it into the address, as in "?path=/Films/" (curl: -G).'
    : null
}
