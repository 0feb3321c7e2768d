import { formatBytes } from '#app/lib/format-bytes.ts'
import { numbers } from './describe-list.ts'
import type { Entry } from './entry.ts'

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
