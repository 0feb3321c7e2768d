import type { Sorting } from './arrange-entries.ts'
import type { Entry } from './entry.ts'

export const numbers = new Intl.NumberFormat('en')

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
