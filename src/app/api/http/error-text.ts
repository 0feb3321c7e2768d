import type { ApiErrorCode } from '#contract/api-error.ts'
import {
  ApiError,
  ConnectionError,
  type ErrorText,
  lostText,
  type OwnErrorCode,
  type PauseCode,
} from './api-error.ts'
import { scopeLabels } from './api-key-text.ts'

const texts: Record<
  Exclude<ApiErrorCode | OwnErrorCode, 'insufficient_scope' | 'foreign_answer'>,
  ErrorText
> = {
  invalid_request: {
    title: 'The server did not accept this',
    nextStep: 'Change what it names, and try again.',
  },
  missing_auth: { title: 'The key did not reach the server', nextStep: 'Connect again.' },
  invalid_key: {
    title: 'This key is unknown or was revoked',
    nextStep: 'Connect with another key.',
  },
  expired_key: { title: 'This key has expired', nextStep: 'Make a new key and connect with it.' },
  premium_required: {
    title: 'The account of this key has no Pro plan',
    nextStep: 'Upgrade the account, or connect with a key of one that has it.',
  },
  account_unavailable: {
    title: 'The account of this key is closed or blocked',
    nextStep: 'Ask whoever runs the service.',
  },
  not_found: { title: 'This is not there any more', nextStep: 'Refresh the folder.' },
  conflict: { title: 'The name is taken already', nextStep: 'Choose another name.' },
  payload_too_large: {
    title: 'This file is larger than the account allows',
    nextStep: 'Choose a smaller file.',
  },
  rate_limited: {
    title: 'The key has used up its requests for this minute',
    nextStep: 'Wait: it goes on by itself.',
  },
  server_error: { title: 'The server made a mistake', nextStep: 'Try again in a moment.' },
  feature_disabled: {
    title: 'This is switched off on the server',
    nextStep: 'Ask whoever runs it to switch it on.',
  },
  unavailable: {
    title: 'The server, or the service behind it, is not ready',
    nextStep: 'Try again in a moment.',
  },
  unexpected_answer: {
    title: 'The server answered with something else than was asked for',
    nextStep: 'Try again. If it stays so, check what stands between you and the server.',
  },
  size_mismatch: {
    title: 'The server has fewer or more bytes than the file',
    nextStep: 'Upload it again: what arrived is not what you sent.',
  },
}

const unknown: ErrorText = {
  title: 'Something went wrong on this page',
  nextStep: 'Reload it. What was waiting is kept.',
}

/** The words for anything that a call threw, chosen by its code. Never an AbortError: that is no error. */
export function errorText(error: unknown): ErrorText {
  if (error instanceof ConnectionError) return lostText()
  if (!(error instanceof ApiError)) return unknown
  if (error.code === 'insufficient_scope') return scopeText(error)
  if (error.code === 'foreign_answer') return foreignText(error.status)
  const text: ErrorText | undefined = Object.hasOwn(texts, error.code)
    ? texts[error.code as keyof typeof texts]
    : undefined
  if (!text)
    return {
      title: error.message || `The server refused (${error.code})`,
      nextStep: 'Try again later.',
    }
  // Only these codes' messages name what was broken.
  return ['invalid_request', 'conflict'].includes(error.code) && error.message
    ? { ...text, title: error.message }
    : text
}

/** A proxy's status is about the proxy: what it says of key or account would be made up. */
function foreignText(status: number): ErrorText {
  const title =
    status === 413
      ? 'Something between here and the server, a proxy perhaps, takes no file this large (413)'
      : `Something between here and the server, a proxy perhaps, answered ${status}`
  if (status === 413) return { title, nextStep: 'Ask whoever runs it to allow larger uploads.' }
  return status >= 500
    ? { title, nextStep: 'Try again in a moment.' }
    : { title, nextStep: 'Your network may want you to sign in to it. Do so, and try again.' }
}

function scopeText({ scope }: ApiError): ErrorText {
  if (scope === null) {
    return { title: 'This key may not do that', nextStep: 'Connect with a key that may.' }
  }
  const words = scopeLabels(scope)
  return {
    title: `This key may not ${words.charAt(0).toLowerCase()}${words.slice(1)}`,
    nextStep: `Connect with a key that has the scope "${scope}".`,
  }
}

/** Why a transfer that is not lost does not move. */
export function pauseText(code: PauseCode): string {
  return `${code === 'not_ready' ? 'The server is not ready.' : 'No connection.'} Trying again soon.`
}
