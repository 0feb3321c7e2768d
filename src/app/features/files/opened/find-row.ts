import { isBefore } from '#app/api/cache/patch-listing.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'

type Rows = readonly (Entry | undefined)[]

/**
 * The row to load next on the way to a file, in rows that are in order by name: the middle one of those
 * that are not loaded between the two loaded names around it. Each page that comes is looked at first, so
 * that a file among a million takes about ten requests.
 *
 * @returns -1 where everything between them is loaded: the file is not there
 */
export function rowToLoad(rows: Rows, name: string): number {
  let first = 0
  let end = rows.length
  for (const [at, entry] of rows.entries()) {
    if (entry?.kind !== 'file') continue
    if (isBefore(entry.name, name)) first = at + 1
    else if (isBefore(name, entry.name)) {
      end = at
      break
    }
  }
  const missing: number[] = []
  for (let at = first; at < end; at += 1) if (!rows[at]) missing.push(at)
  return missing[missing.length >> 1] ?? -1
}
