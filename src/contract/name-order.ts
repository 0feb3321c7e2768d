/**
 * A text without case and accents, in any script, for comparing and finding: NFKD without its marks, case
 * folded. Upper case between, for `ß` is `ss` there; one form of sigma, for lower case has another at the
 * end of a word.
 */
export function foldName(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}+/gu, '')
  return plain.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/**
 * What names are sorted by, everywhere: numbers by their value, letters without case and accents, then
 * exactly. Two keys are never alike, and compare the same by UTF-16 (JavaScript) as by bytes (SQLite, "C").
 */
export function nameKey(name: string): string {
  const natural = foldName(name).replace(/\p{Nd}+/gu, (digits) => {
    const value = digits.replace(/[^0-9]/gu, digitValue).replace(/^0+(?=.)/, '')
    // A longer number is a greater one.
    return `0${String.fromCharCode(value.length)}${value}`
  })
  // Behind U+D7FF, what UTF-16 has after the surrogates stands before them, as in UTF-8.
  return `${natural}\u0001${name}`.replace(/[\ud7ff\ue000-\uffff]/g, '\ud7ff$&')
}

/** The digits of every script stand together in tens, from zero on. */
function digitValue(digit: string): string {
  let before = 0
  while (/\p{Nd}/u.test(String.fromCodePoint((digit.codePointAt(0) ?? 0) - before - 1))) before += 1
  return String(before % 10)
}
