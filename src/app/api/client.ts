import type { z } from 'zod'
import { type Endpoint, endpoints } from '#contract/endpoints.ts'
import { readRateLimit } from '#contract/rate-limit.ts'
import { ApiError, ConnectionError, isAbort } from './api-error.ts'
import type { Lane, Purpose, RateLimitGate } from './rate-limit-gate.ts'
import { parseJson, readRefusal } from './read-answer.ts'
import { type SendFile, type SendOutcome, sendFile } from './send-file.ts'

export type CallRequest<E extends Endpoint> = {
  query?: z.input<E['query']>
  body?: E['body'] extends z.ZodType ? z.input<E['body']> : never
  lane: Lane
  purpose: Purpose
  signal?: AbortSignal
  /** Makes a repeated POST give the first one's answer. */
  idempotencyKey?: string
}

export type ApiClient = {
  /**
   * One call through the gate, its reply read by the contract.
   * Throws ApiError, ConnectionError or AbortError.
   */
  call<E extends Endpoint>(endpoint: E, request: CallRequest<E>): Promise<z.output<E['reply']>>
  /** Sends one file through the gate's transfer lane. Throws AbortError alone. */
  sendFile(file: SendFile): Promise<SendOutcome>
}

export type ClientParts = {
  key: string
  gate: RateLimitGate
  fetch?: typeof fetch
  /** Told of every error that a call ends with. */
  onError?: (error: unknown) => void
}

/** The calls that one key can make. */
export function createApiClient({ key, gate, fetch = globalThis.fetch, onError }: ClientParts) {
  async function send(endpoint: Endpoint, request: CallRequest<Endpoint>) {
    const url = new URL(endpoint.path, location.origin)
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const headers = new Headers({ authorization: `Bearer ${key}` })
    if (request.idempotencyKey) headers.set('idempotency-key', request.idempotencyKey)
    if (request.body) headers.set('content-type', 'application/json')
    try {
      const answer = await fetch(url, {
        method: endpoint.method,
        headers,
        body: request.body ? JSON.stringify(request.body) : null,
        signal: request.signal ?? null,
        credentials: 'omit',
        cache: 'no-store',
      })
      const text = await answer.text()
      return { status: answer.status, text, rateLimit: readRateLimit((n) => answer.headers.get(n)) }
    } catch (error) {
      if (isAbort(error)) throw error
      throw new ConnectionError('The server did not answer.', { cause: error })
    }
  }

  const client: ApiClient = {
    async call(endpoint, request) {
      try {
        const answer = await gate.run(request, () => send(endpoint, request))
        if (answer.status < 200 || answer.status > 299) {
          throw readRefusal(answer.status, answer.text, answer.rateLimit?.retryAfter ?? null)
        }
        const reply = endpoint.reply.safeParse(parseJson(answer.text))
        // biome-ignore lint/suspicious/noExplicitAny: zod cannot follow a generic endpoint's reply
        if (reply.success) return reply.data as any
        throw new ApiError({
          code: 'unexpected_answer',
          status: answer.status,
          message: 'The answer makes no sense.',
        })
      } catch (error) {
        onError?.(error)
        throw error
      }
    },
    sendFile: (file) => sendFile({ key, gate, endpoint: endpoints.upload, onError }, file),
  }
  return client
}
