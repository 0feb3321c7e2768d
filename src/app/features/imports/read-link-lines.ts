import { findLinks } from './find-links.ts'

/** A line that will not be imported, and why. `number` counts from 1. */
export type RefusedLine = { number: number; text: string; reason: string }

/** The longest that the API takes. */
const longestLink = 8192
const shownText = 60

/** Reads what was typed or pasted: each line has links, or is named with what is wrong. */
export function readLinkLines(text: string): { links: string[]; refused: RefusedLine[] } {
  const refused: RefusedLine[] = []
  const links = findLinks(text).filter((link) => link.length <= longestLink)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim()
    const found = findLinks(words)
    const isTooLong = found.some((link) => link.length > longestLink)
    if (words === '' || (found.length > 0 && !isTooLong)) continue
    refused.push({
      number: index + 1,
      text: words.length > shownText ? `${words.slice(0, shownText)}…` : words,
      reason: isTooLong ? 'is longer than 8,192 characters' : 'is not an http or https link',
    })
  }
  return { links, refused }
}
