import { foldName } from '#contract/name-order.ts'

/** What was typed, as words without case and accents. */
export function readWords(text: string): string[] {
  return foldName(text)
    .split(/\s+/u)
    .filter((word) => word !== '')
}

/** What a thing is found by: both as `foldName` writes them. */
export type FoundBy = { name: string /** Counts for less than the name. */; place?: string }

/**
 * How well a thing answers the words, in any order; less is better, null for not at all. A name that is
 * what was typed comes before one that begins with it, that before one with a word that begins so.
 */
export function rank(words: readonly string[], { name, place = '' }: FoundBy): number | null {
  const typed = words.join(' ')
  if (name === typed) return 0
  if (name.startsWith(typed)) return 1
  const inName = words.filter((word) => name.includes(word))
  if (inName.length === words.length) return words.every((word) => beginsWord(name, word)) ? 2 : 3
  const isFound =
    inName.length > 0 && words.every((word) => name.includes(word) || place.includes(word))
  return isFound ? 4 : null
}

const letter = /[\p{L}\p{N}]/u

/** Whether a word of the name begins so: `report` in `annual-report.pdf`. */
export function beginsWord(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !letter.test(name[at - 1] ?? '')) return true
  }
  return false
}

/** The best of the things, best first; of two that are alike the shorter name, then the earlier one. */
export function findBest<Thing extends FoundBy>(
  things: Iterable<Thing>,
  words: readonly string[],
  most: number,
): Thing[] {
  const found: { thing: Thing; score: number }[] = []
  for (const thing of things) {
    const score = rank(words, thing)
    if (score !== null) found.push({ thing, score })
  }
  found.sort((a, b) => a.score - b.score || a.thing.name.length - b.thing.name.length)
  return found.slice(0, most).map(({ thing }) => thing)
}
