import { ApiError } from '#app/api/http/api-error.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { formatDuration, relativeTime } from '#app/lib/format.ts'

type Words = { title: string; nextStep: string }

const ended: Record<string, Words> = {
  invalid_key: {
    title: 'This link does not work',
    nextStep:
      'It was withdrawn, or a part of it is missing. Open it whole, or ask whoever sent it for a new one.',
  },
  expired_key: {
    title: 'This link has expired',
    nextStep: 'Ask whoever sent it for a new one.',
  },
  account_unavailable: {
    title: 'What this link leads to is not available',
    nextStep: 'The account that made it is closed. Ask whoever sent it.',
  },
  premium_required: {
    title: 'What this link leads to is not available',
    nextStep: 'The account that made it may not share any more. Ask whoever sent it.',
  },
}

/** Why nobody comes in by a link, and what to do. `canRetry`: whether trying again may help. */
export function refusalText(error: unknown): Words & { canRetry: boolean } {
  const words = error instanceof ApiError ? ended[error.code] : undefined
  return words ? { ...words, canRetry: false } : { ...errorText(error), canRetry: true }
}

/** What is wrong with a password that was tried; '' for nothing yet. */
export function passwordText(error: unknown): string {
  if (error === null) return ''
  if (!(error instanceof ApiError)) return 'The server does not answer. Try again in a moment.'
  if (error.code === 'missing_auth') return 'That is not the password. Type it again.'
  if (error.code === 'rate_limited') {
    const wait = error.retryAfter === null ? 'a minute' : formatDuration(error.retryAfter)
    return `Too many tries. Wait ${wait}, then try again.`
  }
  return errorText(error).title
}

/** `Shared by alice · ends in 6 days`. */
export function byLine(verb: string, username: string, expiresAt: string | null): string {
  const who = `${verb} ${username}`
  return expiresAt === null
    ? who
    : `${who} · ends ${relativeTime(Date.parse(expiresAt), Date.now())}`
}
