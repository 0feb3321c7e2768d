import type { ApiErrorCode } from '#contract/api-error.ts'

/**
 * A refusal whose `message` goes to the client verbatim, so it must be fit for strangers. Its status
 * comes from the contract's table. Anything else thrown becomes a 500 without details.
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
/** Whether the engine itself failed; null for errors that are not the engine's. */
type Verdict = (error: Error) => boolean | null

const verdicts = new Set<Verdict>()

/** Lets a storage engine classify its own errors: only it knows its codes. */
export function recognizeStorageFailures(verdict: Verdict): void {
  verdicts.add(verdict)
}

/**
 * Whether the file system or the database failed, for whatever reason: told by where the error comes
 * from. A list of names is never complete (a network share alone adds ESTALE, ETIMEDOUT, ENOTCONN).
 */
export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  for (const verdict of verdicts) {
    const isFailure = verdict(error)
    if (isFailure !== null) return isFailure
  }
  if ('syscall' in error && 'errno' in error) return !foreignCalls.test(String(error.syscall))
  // A library may have wrapped it.
  return isStorageFailure(error.cause)
}

/** What clients are told of any of these; `cause` is for the log. */
export function storageUnavailable(cause: unknown): ApiFailure {
  return new ApiFailure('unavailable', 'Storage is briefly unavailable. Try again later.', {
    cause,
  })
}

/** The refusal of a file that has more bytes than this server takes. */
export function fileTooLarge(maxBytes: number): ApiFailure {
  return new ApiFailure('payload_too_large', `Files may have at most ${maxBytes} bytes.`)
}
