import { errorFromValues } from '#app/api/http/api-error.ts'
import { errorText, pauseText } from '#app/api/http/error-text.ts'
import type {
  ImportFailure,
  ImportJob,
  ImportNote,
  ImportOptions,
} from '#app/features/imports/queue/import-job.ts'
import { formatBytes, formatDuration, formatNumber, formatPercent } from '#app/lib/format.ts'
import { doneText, outcomeText } from '#app/lib/transfers/run-text.ts'
import type { TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'
import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { ImportErrorCode, ImportStage } from '#contract/imports.ts'

/** The states in words. Screen readers and scripts rely on them. */
export const stateText: Record<TransferState, string> = {
  waiting: 'Waiting',
  running: 'Importing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}

/** `3 of 12 · paused, 2 go on at the server · 1 failed`; how all went once nothing is left. */
export function summaryText({ totals, run, isPausedByHand, isPaused }: TransfersSnapshot): string {
  const goOn = totals.running > 0 ? `, ${formatNumber(totals.running)} go on at the server` : ''
  const stops = isPausedByHand || isPaused ? [`paused${goOn}`] : []
  if (totals.unfinished === 0)
    return [...outcomeText(totals), ...(isPausedByHand ? stops : [])].join(' · ')
  const troubles = outcomeText({ failed: totals.failed, done: 0, cancelled: 0, interrupted: 0 })
  return [doneText(run.totals), ...stops, ...troubles].join(' · ')
}

/** The name of a row: its title, or the link until the title is known. */
export function nameOf(job: ImportJob): string {
  return job.title ?? job.link
}

/** `Importing`, `42 %` if the server says so, and the options. Below its list's head the list is not named again. */
export function progressText(job: ImportJob, isInGroup = false): string[] {
  const { state, percent } = job
  const options = optionsText(job, isInGroup)
  if (state !== 'running') return [stateText[state], options]
  if (job.progress?.stage === 'waiting') return [stateText.waiting, options]
  const share = percent === null ? [] : [formatPercent(percent)]
  return [stateText.running, ...share, options]
}

/** `Downloading 2 of 3 parts · 12 of 30 MB · 3.1 MB/s · 8 s left`; '' while the server does not say. */
export function stageText({ state, progress }: ImportJob): string {
  if (state !== 'running' || !progress) return ''
  const { stage, part, bytes, totalBytes, bytesPerSecond, secondsLeft } = progress
  const isMoving = stage === 'downloading'
  const words = [
    isMoving && part
      ? `Downloading ${formatNumber(part.number)} of ${formatNumber(part.of)} parts`
      : Object.hasOwn(stages, stage) && stages[stage],
    isMoving && bytes !== null && amountText(bytes, totalBytes),
    isMoving && bytesPerSecond !== null && `${formatBytes(bytesPerSecond)}/s`,
    isMoving && secondsLeft !== null && `${formatDuration(secondsLeft)} left`,
  ]
  return words.filter(Boolean).join(' · ')
}

function amountText(bytes: number, total: number | null): string {
  return total === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`
}

/** A newer server may have more. */
const stages: Record<string, string | undefined> = {
  waiting: 'Waiting for its turn on the server',
  looking: 'Looking at the source',
  downloading: 'Downloading',
  joining: 'Joining',
  storing: 'Storing',
} satisfies Record<ImportStage, string>

/** `Video, 1080p, subtitles`: tells two imports of one link apart. */
function optionsText({ options }: ImportJob, isInGroup: boolean): string {
  const { type, quality, subtitles, thumbnail, list } = options
  if (type === 'file') return 'File'
  const words = [type === 'video' ? 'Video' : 'Auto', qualityText(quality)]
  if (subtitles) words.push('subtitles')
  if (thumbnail) words.push('thumbnail')
  if (list && !isInGroup) words.push(visibleName(list.title))
  return [...words, choicesText(options)].filter(Boolean).join(', ')
}

/** `en, de · MP3 · 1:30–2:00`: what is otherwise than usual; '' where nothing is. */
export function choicesText({ quality, subtitles, choices = {} }: ImportOptions): string {
  const { from = '', to = '', prefer = 'best', audioFormat = 'best' } = choices
  const isPart = from.trim() !== '' || to.trim() !== ''
  return [
    choices.audioLanguage?.trim() && `sound in ${choices.audioLanguage.trim()}`,
    subtitles && choices.subtitleLanguages?.trim(),
    prefer !== 'best' && preferenceText(prefer).toLowerCase(),
    quality === 'audio' && audioFormat !== 'best' && audioFormatText(audioFormat),
    isPart && `${from.trim() || 'start'}–${to.trim() || 'end'}`,
    choices.sponsorblock && 'SponsorBlock',
  ]
    .filter(Boolean)
    .join(' · ')
}

export function preferenceText(preference: string): string {
  if (preference === 'most_compatible') return 'Most compatible'
  return preference === 'smallest' ? 'Smallest' : 'Best'
}

export function audioFormatText(format: string): string {
  if (format === 'best') return 'As it comes'
  return format === 'opus' ? 'Opus' : format.toUpperCase()
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
  const { code, error, reason, taskCode, nextStep } = failure
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
      return { reason: said, nextStep: nextStep || nextStepFor(taskCode) }
    }
  }
}

/** What to do about a failed task; '' where the server's sentence says it. */
const nextSteps: Record<ImportErrorCode, string> = {
  bad_link: 'Check the link, then retry.',
  link_expired: '',
  private_address:
    'If it is on the server’s own network, whoever runs the server can allow it with BARKEEP_IMPORT_ALLOW.',
  sign_in_required: 'Import a link that opens without signing in.',
  outdated_program:
    'Whoever runs the server can update it with `yt-dlp -U`, or as it was installed; then retry.',
  not_available: 'Import it from another place.',
  live: '',
  no_video: '',
  unusable_format: 'Import it again with another quality.',
  too_large: 'Import a smaller file, or the video in a lower quality.',
  bad_answer: 'Open the link in a browser: it shows what the site sends.',
  insecure_site: 'Import it from another place.',
  wrong_scheme: 'Import it with the other of http:// and https:// at its start.',
  site_error: 'Retry in a while.',
  retry_later: '',
  server_full: 'Ask whoever runs the server, then retry.',
  server_error: 'Retry. If it fails again, ask whoever runs the server.',
  feature_disabled: 'Ask whoever runs the server, then retry.',
  invalid_key: 'Connect with another key, then retry.',
  premium_required: 'Upgrade the account, or connect with a key of one that has it.',
  account_unavailable: 'Ask whoever runs the service.',
}

/** Other servers give no code, or one of their own: nothing more is known than what they say. */
function nextStepFor(code = ''): string {
  const isKnown = Object.hasOwn(nextSteps, code)
  return isKnown ? nextSteps[code as ImportErrorCode] : 'Check the link, then retry.'
}
