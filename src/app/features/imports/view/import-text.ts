import type { ImportJob, ImportState } from '#app/features/imports/queue/import-job.ts'

/** States as people, screen readers and scripts read them. */
const stateText: Record<ImportState, string> = {
  waiting: 'Waiting',
  running: 'Importing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** What a row is called: the title once it is known, the link till then. */
export function nameOf(job: ImportJob): string {
  return job.title ?? job.link
}

/** `Importing`, `42 %` where the server says how far it is, and what was asked for. */
export function progressText(job: ImportJob): string[] {
  const { state, percent } = job
  const share = state === 'running' && percent !== null ? [`${Math.floor(percent)} %`] : []
  return [stateText[state], ...share, optionWords(job)]
}

/** `Video, 1080p, subtitles`: what was asked for, for telling two imports of one link apart. */
function optionWords({ options }: ImportJob): string {
  const { type, quality, subtitles, thumbnail } = options
  if (type === 'file') return 'File'
  const words = [type === 'video' ? 'Video' : 'Auto', qualityText(quality)]
  if (subtitles) words.push('subtitles')
  if (thumbnail) words.push('thumbnail')
  return words.join(', ')
}

export function qualityText(quality: string): string {
  if (quality === 'best') return 'Best'
  return quality === 'audio' ? 'Audio only' : `${quality}p`
}
