import { type HttpRequest, type HttpResponse, type HttpStack, Upload } from 'tus-js-client'
import { endpoints } from '#contract/endpoints.ts'
import {
  fileHeader,
  type ResumedFile,
  resumablePath,
  resumedFile,
  tusVersion,
} from '#contract/resumable.ts'
import { ApiError, ConnectionError, isAbort } from './api-error.ts'
import { readReply } from './read-answer.ts'
import {
  type SendFile,
  type SendOptions,
  type SendOutcome,
  type Transmitted,
  transmit,
} from './send-file.ts'

/**
 * Bytes of one request. Each takes a slot of the window: of 4 GiB these are 16. What came of a part before
 * a break is kept, so a large one loses nothing.
 */
export const partBytes = 256 * 1024 * 1024

export type SendResumable = Omit<SendFile, 'onStart'> & {
  /** The path of an upload that was begun before; null for none. One that is gone is begun anew. */
  at: string | null
  /** The upload has this path from now on. */
  onAddress(at: string): void
  /** Bytes go out from now on; `offset` of them are there. */
  onStart?: (offset: number) => void
}

/** Another request took over, or the upload was ended: ask again how far it is. */
class LostPlaceError extends Error {}

/**
 * Sends a file in parts, or what is left of it, as `sendFile` does. `unclear`: the last part went out and
 * nobody answered. Throws AbortError when `signal` fires; what came is kept on the server then.
 */
export async function sendResumable(
  options: SendOptions,
  send: SendResumable,
): Promise<SendOutcome<ResumedFile>> {
  const { file, at, onAddress, onProgress, signal } = send
  const stack = new GatedStack(options, send)
  try {
    const blob = file.slice(0, undefined, file.type)
    const reply = await new Promise<ResumedFile | null>((resolve, reject) => {
      const upload = new Upload(blob, {
        ...{ endpoint: urlOf(resumablePath), uploadUrl: at === null ? null : urlOf(at) },
        ...{ httpStack: stack, fileReader: { openFile }, chunkSize: partBytes },
        // Trying again is the queue's, and so is remembering.
        ...{ retryDelays: null, storeFingerprintForResuming: false },
        metadata: { filename: send.name, path: send.folder },
        onUploadUrlAvailable: () => onAddress(new URL(upload.url ?? '').pathname),
        onProgress: (sentBytes, totalBytes) => onProgress?.({ sentBytes, totalBytes }),
        onSuccess: () => resolve(stack.file),
        onError: (error) =>
          reject(('causingError' in error ? error.causingError : null) ?? unexpected(error)),
      })
      const stop = () => {
        void upload.abort()
        reject(signal?.reason)
      }
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', stop)
      upload.start()
    })
    if (reply?.size === blob.size) return { outcome: 'sent', reply }
    const message = `The server has ${reply?.size ?? 'nothing to say of'} of ${blob.size} bytes.`
    throw new ApiError({ code: 'size_mismatch', status: 200, message })
  } catch (error) {
    if (isAbort(error) || signal?.aborted) throw error
    if (error instanceof ApiError) {
      options.onError?.(error)
      return { outcome: 'refused', error, mayHaveArrived: false }
    }
    return { outcome: stack.isAllSent ? 'unclear' : 'lost' }
  }
}

/** The library's own reader looks for other platforms first. */
async function openFile(blob: Blob) {
  const slice = async (start: number, end: number) => {
    return { value: blob.slice(start, end), done: end >= blob.size }
  }
  return { size: blob.size, slice, close() {} }
}

function unexpected(error: Error): ApiError {
  const message = `The answer is not what tus promises: ${error.message}`.slice(0, 500)
  return new ApiError({ code: 'unexpected_answer', status: 200, message })
}

const urlOf = (path: string) => new URL(path, globalThis.location.origin).href

/** Lets each request of one upload through the gate. */
class GatedStack implements HttpStack {
  /** What the last answer said that tells of the file. */
  file: ResumedFile | null = null
  /** The last bytes of the file went out, and no answer came. */
  isAllSent = false
  isStarted = false
  readonly options: SendOptions
  readonly send: SendResumable

  constructor(options: SendOptions, send: SendResumable) {
    this.options = options
    this.send = send
  }

  createRequest = (method: string, url: string) => new GatedRequest(this, method, url)
  getName = () => 'GatedStack'
}

class GatedRequest implements HttpRequest {
  readonly #stack: GatedStack
  readonly #method: string
  readonly #url: string
  readonly #headers: Record<string, string> = {}
  #onProgress = (_sentBytes: number): void => {}

  constructor(stack: GatedStack, method: string, url: string) {
    this.#stack = stack
    this.#method = method
    this.#url = url
  }

  getMethod = () => this.#method
  getURL = () => this.#url
  setHeader(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value
  }
  getHeader = (name: string) => this.#headers[name.toLowerCase()]
  setProgressHandler(handler: (sentBytes: number) => void): void {
    this.#onProgress = handler
  }
  /** The signal of the whole upload does that. */
  abort = async () => {}
  getUnderlyingObject = () => null

  async send(body: Blob | null): Promise<HttpResponse> {
    const { options, send } = this.#stack
    const { key, gate } = options
    if (this.#method === 'POST') this.#headers['idempotency-key'] = send.idempotencyKey
    const ask = { lane: 'transfer', purpose: 'uploads', signal: send.signal } as const
    const answer = await gate.run(ask, () =>
      transmit(key, {
        ...{ method: this.#method, url: this.#url, headers: this.#headers, body },
        signal: send.signal,
        onStart: () => this.#start(),
        onProgress: (sentBytes) => this.#onProgress(sentBytes),
      }),
    )
    return this.#read(answer, body?.size ?? 0)
  }

  get #offset(): number {
    return Number(this.#headers['upload-offset'] ?? 0)
  }

  #start(): void {
    if (this.#method !== 'PATCH' || this.#stack.isStarted) return
    this.#stack.isStarted = true
    this.#stack.send.onStart?.(this.#offset)
  }

  /** @throws what is no answer that the protocol knows what to do with */
  #read(answer: Transmitted, bytes: number): HttpResponse {
    const stack = this.#stack
    const isLast = this.#method === 'PATCH' && this.#offset + bytes === stack.send.file.size
    stack.isAllSent = answer.status === 0 && answer.isAllSent && isLast
    if (answer.status === 0) throw new ConnectionError('The connection was lost.')
    if (answer.status >= 400) this.#refuse(answer)
    const told = answer.header(fileHeader)
    if (told !== null) stack.file = parseFile(told)
    return {
      getStatus: () => answer.status,
      getHeader: (name) => answer.header(name) ?? undefined,
      getBody: () => answer.text,
      getUnderlyingObject: () => null,
    }
  }

  #refuse(answer: Transmitted): void {
    const isOurs = answer.header('tus-resumable') === tusVersion
    // An upload that is gone is begun anew.
    if (this.#method === 'HEAD' && answer.status === 404) return
    if (this.#method === 'PATCH' && isOurs && [404, 409].includes(answer.status)) {
      throw new LostPlaceError()
    }
    // To HEAD no server says why.
    const code = this.#method === 'HEAD' && isOurs ? headCodes[answer.status] : undefined
    if (code !== undefined) {
      const { status, retryAfter } = answer
      throw new ApiError({ code, status, message: '', scope: 'upload', retryAfter })
    }
    readReply(endpoints.continueUpload, answer)
  }
}

const headCodes: Partial<Record<number, string>> = {
  401: 'invalid_key',
  403: 'account_unavailable',
  500: 'server_error',
  503: 'unavailable',
}

function parseFile(text: string): ResumedFile | null {
  try {
    return resumedFile.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Deletes what came of an upload; it is gone by itself a week later. Throws AbortError alone. */
export async function endResumable({ key, gate }: SendOptions, at: string): Promise<void> {
  const ask = { lane: 'background', purpose: 'uploads' } as const
  const headers = { 'tus-resumable': tusVersion }
  await gate.run(ask, () =>
    transmit(key, { method: 'DELETE', url: urlOf(at), headers, body: null }),
  )
}
