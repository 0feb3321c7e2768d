import { errorReply } from '#contract/api-error.ts'
import { ApiError } from './api-error.ts'

const words: Record<number, string> = {
  401: 'invalid_key',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}

/** The error that a non-2xx answer tells; a proxy's HTML page is told by its status alone. */
export function readRefusal(status: number, text: string, retryAfter: number | null): ApiError {
  const told = errorReply.safeParse(parseJson(text))
  if (told.success) return new ApiError({ ...told.data, status, retryAfter })
  const code = words[status] ?? 'server_error'
  return new ApiError({ code, status, message: `The server answered ${status}.`, retryAfter })
}

/** `undefined` where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
