import type { Upload, UploadForecast, UploadState } from '#app/features/uploads/model/upload.ts'
import { count, formatBytes, formatDuration, formatNumber } from '#app/lib/format.ts'

/** States as people, screen readers and scripts read them. */
export const stateText: Record<UploadState, string> = {
  waiting: 'Waiting',
  sending: 'Uploading',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}

/** What is known of an upload's way: `61 %  12 MB/s  8 s left`, in parts; its size before and after. */
export function progressText(upload: Upload): string[] {
  if (upload.state !== 'sending') return [formatBytes(upload.size)]
  const share = upload.size === 0 ? 1 : upload.sentBytes / upload.size
  const words = [`${Math.floor(share * 100)} %`]
  // All is sent and the server is still storing it: nobody knows for how long.
  if (share >= 1) return words
  if (upload.bytesPerSecond !== null) words.push(`${formatBytes(upload.bytesPerSecond)}/s`)
  if (upload.secondsLeft !== null) words.push(`${formatDuration(upload.secondsLeft)} left`)
  return words
}

/** `2,143 files · about 36 min (60 requests a minute)`; the window is named where it is the limit. */
export function forecastText(files: number, forecast: UploadForecast | null): string {
  const amount = count(files, 'file')
  if (!forecast || forecast.seconds < 1) return amount
  const span = `${amount} · about ${formatDuration(forecast.seconds)}`
  const isByWindow = forecast.limitedBy === 'requests'
  return isByWindow ? `${span} (${forecast.requestsPerMinute} requests a minute)` : span
}

/** What came of choosing the files of interrupted uploads again; `missing` still wait for theirs. */
export function foundAgainWords(found: number, missing: number): string {
  if (found === 0) return 'None of these is a file that was interrupted.'
  if (missing === 0) return `${count(found, 'file')} found again.`
  return `${count(found, 'file')} found again, ${formatNumber(missing)} still missing: press Retry all for the next folder.`
}
