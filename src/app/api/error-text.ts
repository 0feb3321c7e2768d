import { ApiError, ConnectionError } from './api-error.ts'

/** What a person reads: what happened, and the one thing to do next. */
export type ErrorText = { title: string; nextStep: string }

const texts: Record<string, ErrorText> = {
  invalid_key: {
    title: 'This key does not work.',
    nextStep: 'It is unknown or was revoked. Connect again with another key.',
  },
}

/** The words for anything that a call threw. */
export function errorText(error: unknown): ErrorText {
  if (error instanceof ConnectionError) {
    return { title: 'The server did not answer.', nextStep: 'Check the connection and try again.' }
  }
  if (error instanceof ApiError) {
    return texts[error.code] ?? { title: error.message, nextStep: 'Try again later.' }
  }
  return { title: 'Something went wrong.', nextStep: 'Reload the page.' }
}
