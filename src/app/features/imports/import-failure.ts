import { ApiError } from '#app/api/api-error.ts'
import { errorText } from '#app/api/error-text.ts'
import type { ImportJob } from './import-job.ts'

type Failure = NonNullable<ImportJob['failure']>

export const forgottenTask: Failure = {
  reason: 'The server no longer knows this import.',
  nextStep: 'Retry to start it again.',
}

/** Why an import that is not lost does not begin. */
export function pauseNote(error: unknown): string {
  const cause = error instanceof ApiError ? 'The server is not ready.' : 'No connection.'
  return `${cause} Trying again soon.`
}

/** The words for what starting or asking for a task threw. */
export function failureFrom(error: unknown): Failure {
  const { title, nextStep } = errorText(error)
  // The row can only send the same again, which would be refused again.
  const isRefused = error instanceof ApiError && error.code === 'invalid_request'
  return { reason: title, nextStep: isRefused ? 'Import it again with that changed.' : nextStep }
}
