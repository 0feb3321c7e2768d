/** What may follow a link in prose, lists, tables and markup without being part of it. */
const trailing = new Set(".,;:!?'*_~|\\。，、；：！？」』】》〉）…")
const brackets: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/** The http(s) links in any text, in order, each once, as they were written. */
export function findLinks(text: string): string[] {
  const links = new Map<string, string>()
  // Quotes, angle brackets and blanks never stand in a link, so they end it.
  for (const [found] of text.matchAll(/\bhttps?:\/\/(?![/?#])[^\s<>"`“”«»]+/gi)) {
    for (const part of splitLists(found)) {
      const link = trimLink(part)
      if (!URL.canParse(link)) continue
      const { href, hostname } = new URL(link)
      if (hostname !== '' && !links.has(href)) links.set(href, link)
    }
  }
  return [...links.values()]
}

/** `a,b` is two links; a link inside another's path (`/web/2020/https://…`) is none of its own. */
function splitLists(text: string): string[] {
  return text.split(/(?:'?[,;|]'?|\]\()(?=https?:\/\/)/i)
}

/** Takes off what belongs to the sentence; a closing bracket stays where the link opened it. */
function trimLink(text: string): string {
  // Counted once and kept up: counting again for each character would be quadratic in hostile text.
  const surplus = new Map<string, number>()
  for (const [closing, opening] of Object.entries(brackets)) {
    surplus.set(closing, count(text, closing) - count(text, opening))
  }
  let end = text.length
  while (end > 0) {
    const last = text.charAt(end - 1)
    const loose = surplus.get(last) ?? 0
    if (loose > 0) surplus.set(last, loose - 1)
    else if (!trailing.has(last)) break
    end -= 1
  }
  return text.slice(0, end)
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
