import type { ApiErrorCode } from '#contract/api-error.ts'

/**
 * A refusal that the client is told word for word: `message` must be fit for strangers. Its status
 * comes from the contract's table. Anything else that is thrown becomes a 500 without its words.
 */
export class ApiFailure extends Error {
  readonly code: ApiErrorCode
  /** Whole seconds; sent as `Retry-After`. */
  readonly retryAfter: number | undefined
  /** The key that was refused, where it is known: its answers tell its rate limit. */
  readonly keyId: string | undefined

  constructor(code: ApiErrorCode, message: string, options: ApiFailureOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'ApiFailure'
    this.code = code
    this.retryAfter = options.retryAfter
    this.keyId = options.keyId
  }
}

export type ApiFailureOptions = { retryAfter?: number; keyId?: string; cause?: unknown }

/** Calls to the network and to other programs; every other system call touches files. */
const foreignCalls = /^(connect|getaddrinfo|getnameinfo|bind|listen|accept|shutdown|spawn|kill)/
/**
 * SQLITE_ERROR, _ABORT, _NOTFOUND, _SCHEMA, _TOOBIG, _CONSTRAINT, _MISMATCH, _MISUSE, _RANGE: what is
 * wrong with a statement. All else is wrong with the file: locked, full, damaged, unreadable.
 */
const statementErrors = new Set([1, 4, 12, 17, 18, 19, 20, 21, 25])

/**
 * Whether the file system or the database failed, for whatever reason: told by where the error comes
 * from. A list of names is never complete (a network share alone adds ESTALE, ETIMEDOUT, ENOTCONN).
 */
export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error) return !statementErrors.has(Number(error.errcode) & 0xff)
  if ('syscall' in error && 'errno' in error) return !foreignCalls.test(String(error.syscall))
  // A library may have put its own words around it.
  return isStorageFailure(error.cause)
}

/** SQLITE_BUSY with any extended code: another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5
}

/** SQLITE_NOTADB or SQLITE_CORRUPT: the bytes of the database are not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return primaryCode(error) === 26 || primaryCode(error) === 11
}

function primaryCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
}

/** What clients are told of any of these; `cause` is for the log. */
export function storageUnavailable(cause: unknown): ApiFailure {
  return new ApiFailure('unavailable', 'Storage is briefly unavailable. Try again later.', {
    cause,
  })
}
