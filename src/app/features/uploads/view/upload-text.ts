import { errorFromValues } from '#app/api/http/api-error.ts'
import { errorText, pauseText } from '#app/api/http/error-text.ts'
import type { Resumed } from '#app/features/uploads/queue/resume-interrupted.ts'
import type { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import type { Upload, UploadFailure, UploadNote } from '#app/features/uploads/upload.ts'
import {
  count,
  formatBytes,
  formatDuration,
  formatLimit,
  formatNumber,
  formatPercent,
} from '#app/lib/format.ts'
import { bytesText, doneText, outcomeText, timeText } from '#app/lib/transfers/run-text.ts'
import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'

/** The states in words. Screen readers and scripts rely on them. */
export const stateText: Record<TransferState, string> = {
  waiting: 'Waiting',
  running: 'Uploading',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}

/** The name of a row: the file's, if it has one. */
export function nameOf({ name, failure }: Pick<Upload, 'name' | 'failure'>): string {
  if (name !== '') return name
  return failure?.code === 'empty_folders'
    ? count(failure.count, 'empty folder')
    : 'A file whose name is no text'
}

/** `61 %`, `12 MB/s` and `8 s left` while it is sent, that it is while it waits for the answer, else its size. */
export function progressText(upload: Upload): string[] {
  const { size } = upload
  if (size === null) return []
  if (upload.state !== 'running') return [formatBytes(size)]
  const share = size === 0 ? 1 : upload.sentBytes / size
  const words = [formatPercent(share * 100)]
  // The server is still storing it, or others are on their way with it: nobody knows for how long.
  if (share >= 1) return [...words, 'waiting for the answer']
  if (upload.bytesPerSecond !== null) words.push(`${formatBytes(upload.bytesPerSecond)}/s`)
  if (upload.secondsLeft !== null) words.push(`${formatDuration(upload.secondsLeft)} left`)
  return words
}

type Explanation = { reason: string; nextStep?: string }

/** Why an upload failed or waits, or what is unusual about its file; null mostly. */
export function explain(upload: Upload): Explanation | null {
  const { name, size, arrived, note, failure } = upload
  if (failure) return failureText(failure, name)
  if (note !== null && note !== 'not_replaced') return { reason: noteText(note) }
  const isRenamed = arrived !== null && arrived.file_name !== name
  if (isRenamed && note === 'not_replaced') {
    return {
      reason: `It is stored as ${arrived.file_name}: ${name} could not be replaced.`,
      nextStep: `Delete ${name}, and rename it.`,
    }
  }
  if (isRenamed) return { reason: `${name} was taken: it is stored as ${arrived.file_name}.` }
  // Pipes and devices look like this too; the browser cannot tell them from an empty file.
  return arrived !== null && size === 0
    ? { reason: 'It is empty: this computer gave 0 bytes of it.' }
    : null
}

function noteText(note: Exclude<UploadNote, 'not_replaced'>): string {
  switch (note) {
    case 'paused':
      return 'Paused: the others go ahead.'
    case 'aborting':
      return 'Cancelling: finding out whether it arrived…'
    case 'arrived_first':
      return 'It had arrived before it was cancelled.'
    case 'not_there':
      return 'All of it had been sent, but it is not in its folder.'
    case 'not_seen':
      return 'All of it had been sent: whether it arrived could not be seen.'
    case 'starts_again':
      return 'The connection was lost. Trying again soon, from the beginning.'
    case 'already_there':
      return 'It was there already, with this name and size: nothing was sent.'
    case 'replaced':
      return 'What had this name before is in the trash.'
    default:
      return pauseText(note)
  }
}

/** Why the upload of `name` failed, and what to do about it. */
export function failureText(failure: UploadFailure, name: string): Explanation {
  switch (failure.code) {
    case 'against_rule':
      return { reason: failure.rule, nextStep: 'Rename or move it, and add it again.' }
    case 'too_large':
      return tooLargeText(failure.size, failure.maxBytes)
    case 'unreadable':
      return {
        reason: 'The browser cannot read it: a link to nothing, or not yours to read.',
        nextStep: `${name === '' ? 'Rename it' : 'Make it readable'} and add it again.`,
      }
    case 'empty_folders':
      return emptyFoldersText(failure.count, failure.named)
    case 'file_changed':
      return {
        reason: `${name} was changed, moved or deleted since it was added.`,
        nextStep: 'Add it again.',
      }
    case 'not_loaded':
      return {
        reason: 'The part of this page that sends files could not be loaded.',
        nextStep: 'Check the connection and retry. Where that does not help, reload the page.',
      }
    case 'interrupted':
      return {
        reason: `Interrupted when the page was reloaded or closed.${wayOn(failure.from)}`,
        nextStep: failure.reopens
          ? 'Retry goes on with it; the browser may ask first.'
          : `Retry, and choose ${name} again, or drop it where it was dropped before.`,
      }
    case 'not_allowed':
      return {
        reason: 'The browser was not allowed to read it again.',
        nextStep: `Retry all asks once more. Or retry, and choose ${name}.`,
      }
    case 'not_found_again':
      return {
        reason: 'It is not where it was: moved, renamed or deleted.',
        nextStep: `Retry, and choose ${name}, or drop it where it was dropped before.`,
      }
    case 'other_file':
      return { reason: `${failure.chosen} is another file.`, nextStep: `Choose ${name}.` }
    case 'refused':
      return refusalText(failure.error)
  }
}

function wayOn(from: 'start' | 'break' | undefined): string {
  if (from === undefined) return ''
  return from === 'break' ? ' It goes on where it stopped.' : ' It starts again from the beginning.'
}

function refusalText(error: Extract<UploadFailure, { code: 'refused' }>['error']): Explanation {
  const { title, nextStep } = errorText(errorFromValues(error))
  // Only the message says which rule was broken.
  return { reason: error.code === 'invalid_request' ? error.message : title, nextStep }
}

function tooLargeText(size: number, maxBytes: number): Explanation {
  const isNear = formatBytes(size) === formatBytes(maxBytes)
  const exactly = (bytes: number) => count(bytes, 'byte')
  const [actual, limit] = isNear
    ? [exactly(size), exactly(maxBytes)]
    : [formatBytes(size), formatLimit(maxBytes)]
  return {
    reason: `Too large: ${actual}. The limit is ${limit} a file.`,
    nextStep: 'Choose a smaller file.',
  }
}

function emptyFoldersText(amount: number, named: readonly string[]): Explanation {
  const more = amount - named.length
  const names = more > 0 ? [...named, `and ${formatNumber(more)} more`] : named
  const which = amount === 1 ? 'This folder is empty' : `Left out: ${names.join(', ')}`
  return {
    reason: `${which}. Folders exist here only by the files in them.`,
    nextStep: 'Put a file in, and add it again.',
  }
}

/** `106 of 800 · 2.1 of 16 GB · about 13 min`, and what went wrong; how all went once nothing is left. */
export function summaryText(
  queue: Pick<UploadQueue, 'getSnapshot' | 'requestsFor' | 'gate'>,
): string {
  const { totals, run, isPaused, isPausedByHand } = queue.getSnapshot()
  const stops = isPausedByHand || isPaused ? [pausedText(totals.running)] : []
  if (totals.unfinished === 0)
    return [...outcomeText(totals), ...(isPausedByHand ? stops : [])].join(' · ')
  const time = stops.length > 0 ? stops : forecastText(forecastUploads(queue))
  const { failed, interrupted } = totals
  const troubles = outcomeText({ failed, interrupted, done: 0, cancelled: 0 })
  return [doneText(run.totals), bytesText(run) ?? [], time, troubles].flat().join(' · ')
}

function pausedText(running: number): string {
  return running > 0 ? `paused, ${formatNumber(running)} still on the way` : 'paused'
}

/** `about 36 min (60 requests a minute)`; the rate is named if it is the limit. */
export function forecastText(forecast: UploadForecast | null): string[] {
  const time = timeText(forecast?.seconds ?? null)
  if (!forecast || time === null) return []
  const isByWindow = forecast.limitedBy === 'requests'
  return [isByWindow ? `${time} (${forecast.requestsPerMinute} requests a minute)` : time]
}

/** What came of looking for interrupted uploads; `missing` still need their files. */
export function foundAgainText({ found, already }: Resumed, missing: number): string {
  if (found + already === 0) return 'None of these is a file that was interrupted.'
  const parts = [
    ...(found > 0 ? [`${count(found, 'file')} found again`] : []),
    ...(already > 0 ? [`${formatNumber(already)} already there`] : []),
    ...(missing > 0
      ? [`${formatNumber(missing)} still missing: choose the next folder again`]
      : []),
  ]
  return `${parts.join(', ')}.`
}

/** How long all uploads together will take: the longer of the times for requests and for bytes. */
export type UploadForecast = {
  seconds: number
  limitedBy: 'requests' | 'bytes'
  requestsPerMinute: number
}

/** Null if nothing is left to send, or the queue is paused. */
export function forecastUploads(
  queue: Pick<UploadQueue, 'getSnapshot' | 'requestsFor' | 'gate'>,
): UploadForecast | null {
  const { gate } = queue
  const { totals, run, speed } = queue.getSnapshot()
  if (gate === null || totals.unfinished === 0) return null
  // A running upload has used its request already.
  const requests = queue.requestsFor(totals.waiting, run.waiting)
  const requestSeconds = gate.estimateMs(requests) / 1000
  const byteSeconds = speed ? run.unmoved / speed : 0
  return {
    seconds: Math.max(requestSeconds, byteSeconds),
    limitedBy: byteSeconds > requestSeconds ? 'bytes' : 'requests',
    requestsPerMinute: gate.getSnapshot().limit,
  }
}
