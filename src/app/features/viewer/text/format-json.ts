const mostDepth = 100
/** Of the text that comes out, in characters: indenting a file of brackets multiplies it. */
const mostLength = 4_000_000

/**
 * JSON with each value on its own line. Token by token, so that numbers, doubled keys and their order
 * stay as they are in the file, and so that a file of which only the start is here is laid out as well.
 * Null for what is no JSON, and for what is nested too deep to be read by anybody.
 */
export function formatJson(text: string): string | null {
  const tokens = /"(?:[^"\\]+|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gsy
  const spaces = /\s*/y
  const out: string[] = []
  let [at, depth, length] = [0, 0, 0]
  let last = ''
  for (;;) {
    spaces.lastIndex = at
    spaces.exec(text)
    tokens.lastIndex = spaces.lastIndex
    const token = tokens.exec(text)?.[0]
    if (token === undefined) break
    at = tokens.lastIndex
    if (!isJsonToken(token)) return null
    if (isClosing(token)) depth -= 1
    const written = spaceBefore(last, token, depth) + token
    out.push(written)
    length += written.length
    if (isOpening(token)) depth += 1
    if (depth < 0 || depth > mostDepth || length > mostLength) return null
    last = token
  }
  return out.join('')
}

const isOpening = (token: string) => token === '{' || token === '['
const isClosing = (token: string) => token === '}' || token === ']'

function isJsonToken(token: string): boolean {
  return /^(?:["{}[\],:]|-?[0-9]|true$|false$|null$|[-tfn][a-z]{0,4}$)/.test(token)
}

/** What goes between two tokens. */
function spaceBefore(last: string, token: string, depth: number): string {
  if (last === '') return ''
  if (token === ',' || token === ':') return ''
  if (last === ':') return ' '
  // Nothing in it: both brackets on one line.
  if (isOpening(last) && isClosing(token)) return ''
  // Another value after one that is whole: a file of one value a line.
  return `\n${'  '.repeat(Math.max(0, depth))}`
}
