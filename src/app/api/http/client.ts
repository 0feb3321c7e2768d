import type * as z from 'zod/mini'
import type { GatedAnswer, Lane, Purpose } from '#app/api/gate/gated-request.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import type { ResumedFile } from '#contract/resumable.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import { ConnectionError, isAbort } from './api-error.ts'
import { type RawAnswer, readReply, readText, readWindow, requestUrl } from './read-answer.ts'
import type { SendBatch } from './send-batch.ts'
import type { SendFile, SendOutcome } from './send-file.ts'
import type { SendResumable } from './send-resumable.ts'

type CallRequest<E extends Endpoint> = {
  query?: z.input<E['query']>
  body?: E['body'] extends z.ZodMiniType ? z.input<E['body']> : never
  lane: Lane
  purpose: Purpose
  signal?: AbortSignal
  /** Makes a repeated POST give the first one's answer. */
  idempotencyKey?: string
  /** The gate let it through: the request goes out. Again after a 429. */
  onStart?: () => void
}

export type ApiClient = {
  /**
   * One call through the gate, its reply read by the contract.
   * Throws ApiError, ConnectionError or AbortError.
   */
  call<E extends Endpoint>(endpoint: E, request: CallRequest<E>): Promise<z.output<E['reply']>>
  /** Sends one file through the gate's transfer lane. Throws AbortError alone. */
  sendFile(file: SendFile): Promise<SendOutcome>
  /** Sends one file in parts, where the server offers it. Throws AbortError alone. */
  sendResumable(file: SendResumable): Promise<SendOutcome<ResumedFile>>
  /** Deletes what came of an upload in parts. Never throws. */
  endResumable(at: string): Promise<void>
  /** Sends many files as one request, where the server offers it. Throws AbortError alone. */
  sendBatch(batch: SendBatch): Promise<SendOutcome<UploadBatchReply>>
}

export type ClientOptions = {
  key: string
  gate: RateLimitGate
  fetch?: typeof fetch
  /** Told of every error that a call ends with. */
  onError?: (error: unknown) => void
}

type Answer = GatedAnswer & RawAnswer

/** The calls that one key can make. */
export function createApiClient(parts: ClientOptions): ApiClient {
  const { key, gate, onError } = parts
  return {
    async call(endpoint, request) {
      try {
        const answer = await gate.run(request, () => send(parts, endpoint, request))
        return readReply(endpoint, answer)
      } catch (error) {
        onError?.(error)
        throw error
      }
    },
    async sendFile(file) {
      // Loaded with the first upload. Where it does not come, nothing was sent.
      const loaded = await import('./send-file.ts').catch(() => null)
      return loaded ? loaded.sendFile({ key, gate, onError }, file) : { outcome: 'lost' }
    },
    async sendResumable(file) {
      const loaded = await import('./send-resumable.ts').catch(() => null)
      return loaded ? loaded.sendResumable({ key, gate, onError }, file) : { outcome: 'lost' }
    },
    async endResumable(at) {
      const loaded = await import('./send-resumable.ts').catch(() => null)
      await loaded?.endResumable({ key, gate }, at).catch(() => {})
    },
    async sendBatch(batch) {
      const loaded = await import('./send-batch.ts').catch(() => null)
      return loaded ? loaded.sendBatch({ key, gate, onError }, batch) : { outcome: 'lost' }
    },
  }
}

async function send(
  { key, fetch = globalThis.fetch }: ClientOptions,
  endpoint: Endpoint,
  request: CallRequest<Endpoint>,
): Promise<Answer> {
  const headers = new Headers({ authorization: `Bearer ${key}` })
  if (request.idempotencyKey) headers.set('idempotency-key', request.idempotencyKey)
  if (request.body) headers.set('content-type', 'application/json')
  request.onStart?.()
  try {
    const answer = await fetch(requestUrl(endpoint, request.query), {
      method: endpoint.method,
      headers,
      body: request.body ? JSON.stringify(request.body) : null,
      signal: request.signal ?? null,
      // The session of the key management has no business with calls by key.
      credentials: 'omit',
      cache: 'no-store',
      // A redirect would carry the key to wherever it points.
      redirect: 'error',
    })
    return { status: answer.status, text: await readText(answer), ...readWindow(answer.headers) }
  } catch (error) {
    if (isAbort(error)) throw error
    throw new ConnectionError('The server did not answer.', { cause: error })
  }
}
