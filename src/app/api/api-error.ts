import type { ApiErrorCode } from '#contract/api-error.ts'
import type { Scope } from '#contract/api-keys.ts'

/** Codes of this app's own making, for answers that break the contract. */
export type OwnErrorCode = 'unexpected_answer' | 'size_mismatch'

/** The server answered, and the answer is a refusal or makes no sense. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** One of the contract's codes or ours; a newer server may send others. */
  readonly code: ApiErrorCode | OwnErrorCode | (string & {})
  /** HTTP status. */
  readonly status: number
  /** The scope that the call needs; null where any key will do. */
  readonly scope: Scope | null
  /** Seconds; 429 and 503 may carry it. */
  readonly retryAfter: number | null

  constructor(parts: ApiErrorParts) {
    super(parts.message)
    this.code = parts.code
    this.status = parts.status
    this.scope = parts.scope ?? null
    this.retryAfter = parts.retryAfter ?? null
  }
}

export type ApiErrorParts = {
  code: string
  status: number
  message: string
  scope?: Scope | null
  retryAfter?: number | null
}

/** The server did not answer: no network, no server, or the connection broke. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** Cancelling is no failure and is never shown. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** 401: the key is missing, unknown, revoked or expired. Ends the session. */
export function isKeyRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 401
}

const passing = new Set([502, 503, 504])

/** Whether the same request may succeed later. 400, 401, 403, 404, 413 never will. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  return error instanceof ApiError && passing.has(error.status) && error.code !== 'feature_disabled'
}
