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
