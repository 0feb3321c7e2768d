import { formatBytes } from '#app/lib/format-bytes.ts'
import type { Sorting } from './arrange-entries.ts'
import type { Entry } from './entry.ts'

const numbers = new Intl.NumberFormat('en')

/** `1 folder`, `2,143 files`. */
export function count(amount: number, noun: string): string {
  return `${numbers.format(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

/** `2 folders, 48 files`; `2 folders, 48 files so far` while more may come. */
export function describeFolder(entries: readonly Entry[], isComplete: boolean): string {
  // Folders come first.
  const firstFile = entries.findIndex((entry) => entry.kind === 'file')
  const folders = firstFile < 0 ? entries.length : firstFile
  const files = entries.length - folders
  const parts = [
    ...(folders > 0 ? [count(folders, 'folder')] : []),
    ...(files > 0 || folders === 0 ? [count(files, 'file')] : []),
  ]
  return `${parts.join(', ')}${isComplete ? '' : ' so far'}`
}

/**
 * `3 selected · 12 MB`, `3 selected of the 50 loaded · 12 MB` while more may come. Folders have no size, so
 * it is left out where one is among them.
 */
export function describeSelection(
  chosen: readonly Entry[],
  among: { shown: number; isComplete: boolean; isFiltered: boolean },
): string {
  const words = `${numbers.format(chosen.length)} selected${among.isComplete ? '' : ` of the ${numbers.format(among.shown)} ${among.isFiltered ? 'shown' : 'loaded'}`}`
  const sizes = chosen.map((entry) => (entry.kind === 'file' ? entry.size : Number.NaN))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return sizes.every((size) => size >= 0) ? `${words} · ${formatBytes(total)}` : words
}

/** What a filter or an order covers, while only a part of the folder is loaded; '' when it is all. */
export function describeCoverage(shown: {
  found: number
  loaded: number
  isComplete: boolean
  isFiltered: boolean
  sorting: Sorting
}): string {
  const { found, loaded, isComplete, isFiltered, sorting } = shown
  if (isFiltered) {
    const words = `${numbers.format(found)} of ${numbers.format(loaded)} match`
    return isComplete ? words : `${words} · more may match in what is not loaded yet`
  }
  const isServerOrder = sorting.column === 'name' && !sorting.isDescending
  if (isComplete || isServerOrder) return ''
  return `Sorted among the ${numbers.format(loaded)} loaded so far`
}
