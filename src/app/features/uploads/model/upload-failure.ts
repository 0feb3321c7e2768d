import { ApiError } from '#app/api/http/api-error.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { count, formatBytes, formatLimit } from '#app/lib/format.ts'
import type { UploadFailure } from './upload.ts'

/** The file on this machine is not the one that was added any more. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError'
}

export function refusedByRule(rule: string): UploadFailure {
  return { reason: rule, nextStep: 'Rename it and add it again.', canRetry: false }
}

export function tooLarge(size: number, maxBytes: number): UploadFailure {
  const isNear = formatBytes(size) === formatBytes(maxBytes)
  const exactly = (bytes: number) => count(bytes, 'byte')
  const [actual, limit] = isNear
    ? [exactly(size), exactly(maxBytes)]
    : [formatBytes(size), formatLimit(maxBytes)]
  return {
    reason: `Too large: ${actual}. The limit is ${limit} a file.`,
    nextStep: 'Choose a smaller file.',
    canRetry: false,
  }
}

export function interruptedByReload(name: string): UploadFailure {
  return {
    reason: 'Interrupted when the page was reloaded or closed.',
    nextStep: `Retry, and choose ${name} again, or drop it where it was dropped before.`,
    canRetry: true,
  }
}

export function otherFileChosen(chosen: string, wanted: string): UploadFailure {
  return { reason: `${chosen} is another file.`, nextStep: `Choose ${wanted}.`, canRetry: true }
}

/** Why an upload that is not lost does not move. */
export function pauseNote(error: unknown): string {
  const cause = error instanceof ApiError ? 'The server is not ready.' : 'No connection.'
  return `${cause} Trying again soon.`
}

/** The words for what `sendUpload` threw. */
export function failureFrom(error: unknown, name: string): UploadFailure {
  if (error instanceof FileChangedError) {
    return {
      reason: `${name} was changed, moved or deleted since it was added.`,
      nextStep: 'Add it again.',
      canRetry: false,
    }
  }
  const { title, nextStep } = errorText(error)
  // The rule that was broken stands in the message alone.
  const isRule = error instanceof ApiError && error.code === 'invalid_request'
  return { reason: isRule ? error.message : title, nextStep, canRetry: true }
}
