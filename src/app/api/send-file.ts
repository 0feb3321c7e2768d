import type { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { readRateLimit } from '#contract/rate-limit.ts'
import { type UploadReply, uploadReply } from '#contract/uploads.ts'
import { ApiError } from './api-error.ts'
import type { RateLimitGate } from './rate-limit-gate.ts'
import { parseJson, readRefusal } from './read-answer.ts'

export type UploadProgress = { sentBytes: number; totalBytes: number }

export type SendFile = {
  file: File
  folder: FolderPath
  name: string
  /** Unique to this upload and the same in each try: the server then keeps one file. */
  idempotencyKey: string
  /** The gate let it through: bytes go out from now on. Again after a 429. */
  onStart?: () => void
  onProgress?: (progress: UploadProgress) => void
  signal?: AbortSignal
}

/** How a try ended. Only `sent` means that the file is there. */
export type SendOutcome =
  | { outcome: 'sent'; reply: UploadReply }
  /** The server said no, or its answer does not fit the file. */
  | { outcome: 'refused'; error: ApiError }
  /** The connection was lost once all bytes were sent: the file may be there. Look before a second try. */
  | { outcome: 'unclear' }
  /** The connection was lost, or stalled for 30 s, before the end: the file is not there. */
  | { outcome: 'lost' }

export type SendParts = {
  key: string
  gate: RateLimitGate
  endpoint: typeof endpoints.upload
  onError?: ((error: unknown) => void) | undefined
}

type Answer = {
  status: number
  text: string
  sentAll: boolean
  rateLimit: ReturnType<typeof readRateLimit>
}

/** Sends one file; see `SendOutcome`. Throws AbortError when `signal` fires. */
export async function sendFile(parts: SendParts, send: SendFile): Promise<SendOutcome> {
  const ask = { lane: 'transfer', purpose: 'uploads', signal: send.signal } as const
  const answer = await parts.gate.run(ask, () => transmit(parts, send))
  if (answer.status === 0) return { outcome: answer.sentAll ? 'unclear' : 'lost' }
  const outcome = readOutcome(answer, send.file.size)
  if (outcome.outcome === 'refused') parts.onError?.(outcome.error)
  return outcome
}

function readOutcome(answer: Answer, size: number): SendOutcome {
  const { status, text, rateLimit } = answer
  if (status < 200 || status > 299) {
    return { outcome: 'refused', error: readRefusal(status, text, rateLimit?.retryAfter ?? null) }
  }
  const reply = uploadReply.safeParse(parseJson(text))
  if (reply.success && reply.data.size === size) return { outcome: 'sent', reply: reply.data }
  const code = reply.success ? 'size_mismatch' : 'unexpected_answer'
  return {
    outcome: 'refused',
    error: new ApiError({ code, status, message: 'The answer does not fit the file.' }),
  }
}

function transmit({ key, endpoint }: SendParts, send: SendFile): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { file, signal } = send
    const url = new URL(endpoint.path, location.origin)
    url.searchParams.set('filename', send.name)
    url.searchParams.set('path', send.folder)
    const request = new XMLHttpRequest()
    request.open(endpoint.method, url)
    request.setRequestHeader('authorization', `Bearer ${key}`)
    request.setRequestHeader('idempotency-key', send.idempotencyKey)
    let sentAll = false
    request.upload.onprogress = ({ loaded }) =>
      send.onProgress?.({ sentBytes: loaded, totalBytes: file.size })
    request.upload.onload = () => {
      sentAll = true
    }
    request.onloadend = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        sentAll,
        rateLimit: readRateLimit((name) => request.getResponseHeader(name)),
      })
    signal?.addEventListener('abort', () => {
      request.abort()
      reject(signal.reason)
    })
    send.onStart?.()
    // A slice streams from the disk; the File itself is measurably slower.
    request.send(file.slice(0, file.size, file.type))
  })
}
