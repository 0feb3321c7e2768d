import type { ApiErrorCode } from '#contract/api-error.ts'
import type { Scope } from '#contract/api-keys.ts'

/**
 * Codes of this app's own making. `foreign_answer`: a refusal that is not the API's JSON, so a proxy or
 * the network's sign-in page gave it, and its status says nothing about key, file or folder.
 */
export type OwnErrorCode = 'unexpected_answer' | 'size_mismatch' | 'foreign_answer'

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

  constructor(parts: ApiErrorOptions) {
    super(parts.message)
    this.code = parts.code
    this.status = parts.status
    this.scope = parts.scope ?? null
    this.retryAfter = parts.retryAfter ?? null
  }
}

export type ApiErrorOptions = {
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

/** 401: the key is missing, unknown, revoked or expired. Ends the session; a proxy's 401 does not. */
export function isKeyRefusal(error: unknown): error is ApiError {
  return isRefusal(error, 401)
}

/** Whether the API itself refused with `status`, and not something on the way to it. */
export function isRefusal(error: unknown, ...statuses: number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status) && !isForeign(error)
}

/** Not the API's answer: nobody knows whether the API ever heard of the request. */
export function isForeign(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.code === 'foreign_answer' || error.code === 'unexpected_answer'
}

// 408 is a proxy's word for a request that stood still, as one does on a laptop that fell asleep.
const passing = new Set([408, 502, 503, 504])

/** Whether the same request may succeed later. 400, 401, 403, 404, 413 never will. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  if (!(error instanceof ApiError) || error.code === 'feature_disabled') return false
  // Proxies have numbers of their own for a server that they cannot reach: 520 to 530, 598.
  return passing.has(error.status) || (error.status >= 500 && isForeign(error))
}

/** Why a transfer waits although it was begun. */
export type PauseCode = 'not_ready' | 'no_connection'

/** Whether a server that answered is not ready, or none answered. */
export function pauseCode(error: unknown): PauseCode {
  return error instanceof ApiError ? 'not_ready' : 'no_connection'
}

/** An error as values, to keep it and to send it to other tabs; status 0: the API did not answer. */
export type ErrorValues = { code: string; status: number; message: string; scope: string | null }

export function errorValues(error: unknown): ErrorValues {
  if (error instanceof ApiError) {
    const { code, status, message, scope } = error
    return { code, status, message, scope }
  }
  const code = error instanceof ConnectionError ? 'no_connection' : 'page_error'
  return { code, status: 0, message: '', scope: null }
}

/** The error that `errorValues` took apart. */
export function errorFromValues({ scope, ...values }: ErrorValues): Error {
  if (values.status > 0) return new ApiError({ ...values, scope: scope as Scope | null })
  return values.code === 'no_connection' ? new ConnectionError() : new Error(values.message)
}

/** What a person reads: what happened, and the one thing to do next. */
export type ErrorText = { title: string; nextStep: string }

/** The words for a `ConnectionError`: the only ones that must be there without a network. */
export function lostText(): ErrorText {
  return globalThis.navigator?.onLine === false
    ? { title: 'You are offline', nextStep: 'Connect to a network: it goes on by itself.' }
    : { title: 'The server does not answer', nextStep: 'Check that it runs, and try again.' }
}
