/**
 * `text` is folded, `key` what it is sorted by, `place` the path of its folder.
 *
 * @typedef {{ table: 'file' | 'folder', row: number | string, place: string, text: string, key: string, tier: number }} Found
 */

/**
 * How well a name fits: 0 the whole name, 1 its start, 2 starts of words, 3 inside.
 *
 * @param {string} text
 * @param {string[]} words
 * @param {string} phrase
 */
export function tierOf(text, words, phrase) {
  if (text === phrase) return 0
  if (text.startsWith(phrase)) return 1
  return words.every((word) => startsWord(text, word)) ? 2 : 3
}

/**
 * @param {string} text
 * @param {string} word
 */
function startsWord(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at))) return true
  }
  return false
}

/**
 * The best first: the better fit, the shorter name, natural order; then only so that the order stays.
 *
 * @param {Found} one
 * @param {Found} other
 */
export function compareFound(one, other) {
  return (
    one.tier - other.tier ||
    one.text.length - other.text.length ||
    compareTexts(one.key, other.key) ||
    compareTexts(one.place, other.place) ||
    compareTexts(other.table, one.table)
  )
}

/**
 * @param {string} one
 * @param {string} other
 */
function compareTexts(one, other) {
  if (one === other) return 0
  return one < other ? -1 : 1
}
