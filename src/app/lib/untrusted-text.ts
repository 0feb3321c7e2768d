/** The link if it leads to http or https, else null: a listing may hold `javascript:` or nonsense. */
export function safeLink(link: unknown): string | null {
  if (typeof link !== 'string' || !URL.canParse(link)) return null
  const { protocol, href } = new URL(link)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}

const longestTail = 12

// Marks that turn the direction of what follows: `fdp.exe` can be made to look like `exe.pdf`.
const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they would show as nothing at all
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/g
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/** A name as it is safe to show: what would turn it round or hide shows as `�`, and none is empty. */
export function visibleName(name: string): string {
  const shown = name.replace(directionMarks, '\ufffd').replace(controlCharacters, '\ufffd')
  return shown.trim() === '' ? '(no name)' : shown
}

/**
 * A name in two parts, so that a narrow column can cut the first and keep the end, where the ending
 * and the numbers are: `['A very long holiday fi', 'lm (2).mp4']`. Short and right-to-left names stay whole.
 */
export function cutName(name: string): [head: string, tail: string] {
  const characters = [...name]
  if (characters.length <= 12 || rightToLeft.test(name)) return [name, '']
  // A combining mark must not be parted from its letter.
  let cut = characters.length - Math.min(longestTail, Math.floor(characters.length / 2.5))
  while (cut > 0 && /\p{M}|\u200d|\ufe0f/u.test(characters[cut] ?? '')) cut -= 1
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')]
}
