import type * as z from 'zod/mini'
import type { GatedAnswer } from '#app/api/gate/gated-request.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { browserClock } from '#app/lib/clock.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadReply } from '#contract/uploads.ts'
import { ApiError, isForeign, isTransient } from './api-error.ts'
import { readReply, readWindow, requestUrl } from './read-answer.ts'

type UploadProgress = { sentBytes: number; totalBytes: number }

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
export type SendOutcome<Reply = UploadReply> =
  | { outcome: 'sent'; reply: Reply }
  /**
   * The server said no, or its answer does not fit the file. `mayHaveArrived`: all bytes were sent,
   * and a gateway that lost its upstream, or a page of a proxy's, says nothing about what became of them.
   */
  | { outcome: 'refused'; error: ApiError; mayHaveArrived: boolean }
  /** The connection was lost once all bytes were sent: the file may be there. Look before a second try. */
  | { outcome: 'unclear' }
  /** The connection was lost, or stalled for 30 s, before the end: the file is not there. */
  | { outcome: 'lost' }

export type SendOptions = {
  key: string
  gate: RateLimitGate
  /** Told of every refusal. */
  onError?: ((error: unknown) => void) | undefined
}

type Answer = GatedAnswer & { text: string; retryAfter: number | null; isAllSent: boolean }

/** No byte moved for so long: the connection is dead, although nobody said so. */
export const stallMs = 30_000
// Once all is sent the server still hashes, syncs and commits, and a slow disk takes its time.
const answerMs = 120_000

/** Sends one file; see `SendOutcome`. Throws AbortError when `signal` fires. */
export function sendFile(options: SendOptions, send: SendFile): Promise<SendOutcome> {
  const { file, name, folder, onProgress } = send
  // Streams from the disk, faster than the File itself; each look at a File's size asks another process.
  const body = file.slice(0, undefined, file.type)
  const { size } = body
  return sendBody(options, endpoints.upload, {
    ...send,
    query: { filename: name, path: folder },
    body,
    onProgress: (sentBytes) => onProgress?.({ sentBytes, totalBytes: size }),
    misfit: (reply) =>
      reply.size === size ? null : `The server has ${reply.size} bytes of ${size}.`,
  })
}

type SendBody<Reply> = Pick<SendFile, 'idempotencyKey' | 'onStart' | 'signal'> & {
  query: Record<string, string>
  body: Blob
  /** Of the body, not of its head. */
  onProgress(sentBytes: number): void
  onAllSent?: () => void
  /** What is wrong with a reply to this body; null where nothing is. */
  misfit(reply: Reply): string | null
}

/** Sends a body through the gate's transfer lane, as `sendFile` does. */
export async function sendBody<E extends Endpoint>(
  { key, gate, onError }: SendOptions,
  endpoint: E,
  send: SendBody<z.output<E['reply']>>,
): Promise<SendOutcome<z.output<E['reply']>>> {
  const ask = { lane: 'transfer', purpose: 'uploads', signal: send.signal } as const
  const answer = await gate.run(ask, () =>
    transmit(key, {
      ...send,
      ...{ method: endpoint.method, url: requestUrl(endpoint, send.query) },
      headers: { 'idempotency-key': send.idempotencyKey },
    }),
  )
  if (answer.status === 0) return { outcome: answer.isAllSent ? 'unclear' : 'lost' }
  try {
    const reply = readReply(endpoint, answer)
    const message = send.misfit(reply)
    if (message === null) return { outcome: 'sent', reply }
    const error = new ApiError({ code: 'size_mismatch', status: answer.status, message })
    return refuse(error, false)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const isUnclear = isTransient(error) || isForeign(error)
    return refuse(error, answer.isAllSent && isUnclear)
  }

  function refuse(error: ApiError, mayHaveArrived: boolean) {
    onError?.(error)
    return { outcome: 'refused', error, mayHaveArrived } as const
  }
}

type Transmission = Pick<SendFile, 'signal'> & {
  method: string
  url: URL | string
  headers: Record<string, string>
  body: Blob | null
  onStart?: (() => void) | undefined
  /** Of the body, not of its head. */
  onProgress?: (sentBytes: number) => void
  onAllSent?: (() => void) | undefined
}

/** An answer with its headers. `status` 0: no answer came. */
export type Transmitted = Answer & { header(name: string): string | null }

/** Sends one request whose bytes are watched; rejects with what `signal` was aborted with, and not otherwise. */
export function transmit(key: string, send: Transmission): Promise<Transmitted> {
  return new Promise((resolve, reject) => {
    const { body, signal } = send
    const size = body?.size ?? 0
    if (signal?.aborted) return reject(signal.reason)
    const request = new XMLHttpRequest()
    request.open(send.method, send.url)
    request.setRequestHeader('authorization', `Bearer ${key}`)
    for (const [name, value] of Object.entries(send.headers)) request.setRequestHeader(name, value)

    let isAllSent = size === 0
    let stopWatch = () => {}
    const watch = (ms: number) => {
      stopWatch()
      stopWatch = browserClock.after(ms, () => request.abort())
    }
    request.upload.onprogress = ({ loaded }) => {
      watch(stallMs)
      send.onProgress?.(Math.min(loaded, size))
    }
    request.upload.onload = () => {
      isAllSent = true
      send.onAllSent?.()
      watch(answerMs)
    }
    const cancel = () => {
      reject(signal?.reason)
      request.abort()
    }
    // Comes last of all, after an answer, an error and an abort alike.
    request.onloadend = () => {
      stopWatch()
      signal?.removeEventListener('abort', cancel)
      resolve({ ...readRequest(request), isAllSent })
    }
    signal?.addEventListener('abort', cancel)
    send.onStart?.()
    watch(size === 0 ? answerMs : stallMs)
    request.send(body)
  })
}

function readRequest(request: XMLHttpRequest): Omit<Transmitted, 'isAllSent'> {
  const header = (name: string) => request.getResponseHeader(name)
  return {
    ...{ status: request.status, text: request.responseText, header },
    ...readWindow({ get: header }),
  }
}
