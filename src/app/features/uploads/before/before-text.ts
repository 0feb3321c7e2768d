import { count, formatBytes, formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { Brought, Coming } from './bring-uploads.ts'
import type { Clash } from './compare-files.ts'

/** `12 files to /Trip/ start in 4 s.` */
export function comingText({ files, folder }: Coming, seconds: number): string {
  if (files === 0) return 'Nothing else is in it.'
  const verb = files === 1 ? 'starts' : 'start'
  return `${count(files, 'file')} to ${visibleName(folder)} ${verb} in ${seconds} s.`
}

/** The deepest folder that all of them go into, or below. */
export function commonFolder(all: readonly { folder: string }[]): string {
  let common = all[0]?.folder ?? '/'
  for (const { folder } of all) {
    while (!folder.startsWith(common))
      common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1)
  }
  return common
}

const mostNamed = 3

/** `2 system files are left out: .DS_Store, Thumbs.db.` */
export function leftOutText(names: readonly string[]): string {
  const distinct = [...new Set(names)]
  const named = distinct.slice(0, mostNamed).map(visibleName).join(', ')
  const more = distinct.length > mostNamed ? '…' : ''
  const verb = names.length === 1 ? 'is' : 'are'
  return `${count(names.length, 'system file')} ${verb} left out: ${named}${more}.`
}

/** What became of a batch besides being sent; null where nothing did. */
export function broughtText({ already, skipped, systemFiles, folders }: Brought): string | null {
  const parts = [
    ...(already > 0 ? [`${count(already, 'file')} already there, and not sent`] : []),
    ...(skipped > 0 ? [`${formatNumber(skipped)} skipped`] : []),
    ...(folders > 0 ? [`${count(folders, 'empty folder')} made`] : []),
  ]
  const said = parts.length > 0 ? `${parts.join(', ')}.` : ''
  const left = systemFiles.length > 0 ? leftOutText(systemFiles) : ''
  return said + left === '' ? null : `${said} ${left}`.trim()
}

export function questionTitle({ job }: Clash): string {
  return `${visibleName(job.name)} is there already`
}

/** What is known of the two files: size and time. */
export function clashText({ job, listed }: Clash): { here: string; there: string } {
  const time = (at: number) => {
    const date = new Date(at)
    return Number.isNaN(date.getTime()) ? 'time unknown' : date.toLocaleString()
  }
  const { lastModified } = job.file
  return {
    here: `${formatBytes(job.size ?? job.file.size)}, changed ${time(lastModified)}`,
    there: `${formatBytes(listed.size)}, uploaded ${time(Date.parse(listed.uploaded_at))}`,
  }
}
