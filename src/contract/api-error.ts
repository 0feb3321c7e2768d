import * as z from 'zod/mini'

/**
 * Every error code of the v1 reference with its HTTP status, and `conflict`, which only additions
 * answer. The only place that pairs them.
 */
export const apiErrorStatus = {
  invalid_request: 400,
  missing_auth: 401,
  invalid_key: 401,
  expired_key: 401,
  premium_required: 403,
  account_unavailable: 403,
  insufficient_scope: 403,
  not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  rate_limited: 429,
  server_error: 500,
  feature_disabled: 503,
  unavailable: 503,
} as const

export type ApiErrorCode = keyof typeof apiErrorStatus

export const apiErrorCodes = Object.keys(apiErrorStatus) as ApiErrorCode[]

/** Body of every non-2xx answer. A newer server may send codes that are not in the table. */
export const errorReply = z.object({
  status: z.literal('error'),
  code: z.string().check(z.meta({ description: 'Stable and machine-readable; branch on this.' })),
  message: z.string().check(z.meta({ description: 'For people; may change.' })),
})

export type ErrorReply = z.infer<typeof errorReply>
