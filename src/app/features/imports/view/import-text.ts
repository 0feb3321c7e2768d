import { errorFromValues } from '#app/api/http/api-error.ts'
import { errorText, pauseText } from '#app/api/http/error-text.ts'
import type {
  ImportFailure,
  ImportJob,
  ImportNote,
} from '#app/features/imports/queue/import-job.ts'

/** The states in words. Screen readers and scripts rely on them. */
const stateText: Record<ImportJob['state'], string> = {
  waiting: 'Waiting',
  running: 'Importing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** The name of a row: its title, or the link until the title is known. */
export function nameOf(job: ImportJob): string {
  return job.title ?? job.link
}

/** `Importing`, `42 %` if the server says so, and the options. */
export function progressText(job: ImportJob): string[] {
  const { state, percent } = job
  const share = state === 'running' && percent !== null ? [`${Math.floor(percent)} %`] : []
  return [stateText[state], ...share, optionsText(job)]
}

/** `Video, 1080p, subtitles`: tells two imports of one link apart. */
function optionsText({ options }: ImportJob): string {
  const { type, quality, subtitles, thumbnail } = options
  if (type === 'file') return 'File'
  const words = [type === 'video' ? 'Video' : 'Auto', qualityText(quality)]
  if (subtitles) words.push('subtitles')
  if (thumbnail) words.push('thumbnail')
  return words.join(', ')
}

/** `best`, `audio` or a height, in words. */
export function qualityText(quality: string): string {
  if (quality === 'best') return 'Best'
  return quality === 'audio' ? 'Audio only' : `${quality}p`
}

/** The sentence for a note; null for a code of a newer version. */
export function noteText({ code, error, messages = [], more = 0 }: ImportNote): string | null {
  switch (code) {
    case 'aborting':
      return 'Cancelling…'
    case 'unknown_task':
      return 'The server no longer knew this import.'
    case 'not_ready':
    case 'no_connection':
      return pauseText(code)
    case 'not_aborted': {
      const { title, nextStep } = errorText(error && errorFromValues(error))
      return `Could not be cancelled. ${title} ${nextStep}`
    }
    default:
      return [...messages, ...(more > 0 ? [`${more} more were left out.`] : [])].join(' ') || null
  }
}

/** Why an import failed, and what to do about it; '' if the reason says that itself. */
export function failureText(failure: ImportFailure): { reason: string; nextStep: string } {
  const { code, error, reason, nextStep } = failure
  switch (code) {
    case 'unknown_task':
      return {
        reason: 'The server no longer knows this import.',
        nextStep: 'Retry to start it again.',
      }
    case 'refused': {
      const text = errorText(error && errorFromValues(error))
      // A retry sends the same, which would be refused again.
      const isRule = error?.code === 'invalid_request'
      return {
        reason: text.title,
        nextStep: isRule ? 'Import it again with that changed.' : text.nextStep,
      }
    }
    default: {
      const said = reason || 'The server could not import this link.'
      return { reason: said, nextStep: nextStep || nextStepFor(said) }
    }
  }
}

/** The first pattern that fits Barkeep's own reasons; other servers' get `checkLink`. */
const nextSteps: [pattern: RegExp, nextStep: string][] = [
  // The reason itself says it.
  [/\b(try|retry|use|import it|link to|ask whoever)\b/i, ''],
  [/\bkey\b.* revoked/, 'Connect with another key, then retry.'],
  [/pro plan/, 'Upgrade the account, or connect with a key of one that has it.'],
  [/account is not available/, 'Ask whoever runs the service.'],
  [/chosen quality|has no sound/, 'Import it again with another quality.'],
  [/larger than this server/, 'Import a smaller file, or the video in a lower quality.'],
  [/no room|went wrong on the server/, 'Ask whoever runs the server, then retry.'],
  [
    /sign-in needed|\b403\b|needs a (password|account)|needs an account|paying members|for adults|private:|visitors who have/,
    'Import a link that opens without signing in.',
  ],
  [
    /DRM|not available where|not on its site|stream cannot|legal reasons|private address|too large to look/,
    'Import it from another place.',
  ],
  [
    /answered (408|425|429|5\d\d)|refuses connections|broke the connection|cannot be reached|not answer|stopped answering|too slow|looked up/i,
    'Retry in a while.',
  ],
]

const checkLink = 'Check the link, then retry.'

function nextStepFor(reason: string): string {
  return nextSteps.find(([pattern]) => pattern.test(reason))?.[1] ?? checkLink
}
