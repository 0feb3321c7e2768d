/** Markup that is safe as it stands. Only `html` and `raw` make it. */
export type Html = { readonly markup: string }

type Part = Html | Html[] | string | number

/** A template whose text parts are escaped. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const markup = strings.map((text, index) => text + markupOf(parts[index] ?? '')).join('')
  return { markup }
}

/** A sentence in which text between backquotes is code, and a blank line starts a paragraph. */
export function sentence(text: string): Html {
  return { markup: escapeText(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>') }
}

function markupOf(part: Part): string {
  if (Array.isArray(part)) return part.map(({ markup }) => markup).join('')
  return typeof part === 'object' ? part.markup : escapeText(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')
}
