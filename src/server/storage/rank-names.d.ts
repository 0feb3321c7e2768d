/** What `rank-names.js` puts in order; it is JavaScript for the thread of the embedded store. */
export type Found = {
  table: 'file' | 'folder'
  row: number | string
  place: string
  text: string
  key: string
  tier: number
}

export function tierOf(text: string, words: string[], phrase: string): number
export function compareFound(one: Found, other: Found): number
