import type * as z from 'zod/mini'
import { errorReply } from '#contract/api-error.ts'
import type { Scope } from '#contract/api-keys.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { type RateLimitReading, rateLimitHeader, readRateLimit } from '#contract/rate-limit.ts'
import { ApiError } from './api-error.ts'

/** An answer as it came: not yet known to be what the contract promises. */
export type RawAnswer = { status: number; text: string; retryAfter: number | null }

type HeaderSource = { get(name: string): string | null }

// The tree of 100,000 folders is 11 MB; an upstream that sends more than this has gone wrong.
const longestText = 64 * 1024 * 1024

// Both may be shown on the screen.
const longestMessage = 500
const longestCode = 100

/** The reply that the contract promises. Throws ApiError for a refusal, and for anything else. */
export function readReply<E extends Pick<Endpoint, 'reply' | 'scope'>>(
  endpoint: E,
  answer: RawAnswer,
): z.output<E['reply']> {
  if (answer.status < 200 || answer.status > 299) throw readRefusal(answer, endpoint.scope)
  const reply = endpoint.reply.safeParse(parseJson(answer.text))
  if (reply.success) return reply.data as z.output<E['reply']>
  throw new ApiError({
    code: 'unexpected_answer',
    status: answer.status,
    message: 'The answer is not what this call promises.',
  })
}

/** The error that a non-2xx answer tells; what is not the API's JSON comes from something in between. */
function readRefusal({ status, text, retryAfter }: RawAnswer, scope: Scope | null): ApiError {
  const told = errorReply.safeParse(parseJson(text))
  if (told.success) {
    const message = told.data.message.slice(0, longestMessage)
    const code = told.data.code.slice(0, longestCode)
    return new ApiError({ code, message, status, scope, retryAfter })
  }
  const message = `Something in between answered ${status}.`
  return new ApiError({ code: 'foreign_answer', status, message, scope, retryAfter })
}

/** What the gate reads. `Retry-After` counts by itself: a proxy's 429 has no other header. */
export function readWindow(headers: HeaderSource): {
  rateLimit: RateLimitReading | null
  retryAfter: number | null
} {
  const seconds = headers.get(rateLimitHeader.retryAfter)
  const retryAfter = seconds !== null && /^\d{1,9}$/.test(seconds) ? Number(seconds) : null
  return { rateLimit: readRateLimit((name) => headers.get(name)), retryAfter }
}

/** The body, cut at a length that no honest answer has: what is cut makes no sense as a reply. */
export async function readText(answer: Response): Promise<string> {
  if (!answer.body) return ''
  const decoder = new TextDecoder()
  const reader = answer.body.getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length > longestText) {
      await reader.cancel()
      return text
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where a call goes: this page's origin, for a browser lets no key go elsewhere. */
export function requestUrl(endpoint: Pick<Endpoint, 'path'>, query: unknown): URL {
  const url = new URL(endpoint.path, globalThis.location.origin)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
