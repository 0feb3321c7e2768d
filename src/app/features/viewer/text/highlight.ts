import type { LanguageFn } from 'highlight.js'
import hljs from 'highlight.js/lib/core'

export type Token = { text: string; className: string | null }

/** In characters: above, colours cost more time than they are worth. */
const mostCharacters = 300_000
/** Such lines were written by a program, and for one. */
const longestLine = 2_000

type Load = () => Promise<{ default: LanguageFn }>

/** Each is a file of its own, loaded when a text has that language. */
const grammars: Record<string, Load> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  less: () => import('highlight.js/lib/languages/less'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}

/** What a language has others in. */
const inner: Record<string, readonly string[]> = {
  xml: ['css', 'javascript'],
  php: ['xml'],
  markdown: ['xml'],
}

/** Whether the text is worth colours: neither long nor made of endless lines. */
export function canHighlight(text: string): boolean {
  if (text.length > mostCharacters) return false
  let start = 0
  while (start < text.length) {
    const end = text.indexOf('\n', start)
    if ((end < 0 ? text.length : end) - start > longestLine) return false
    if (end < 0) break
    start = end + 1
  }
  return true
}

/**
 * The coloured parts of each line. Null where there is no such grammar, and where it does not come: text
 * without colours is text.
 */
export async function highlightLines(text: string, language: string): Promise<Token[][] | null> {
  if (!canHighlight(text)) return null
  try {
    await Promise.all([language, ...(inner[language] ?? [])].map(register))
  } catch {
    return null
  }
  if (!hljs.getLanguage(language)) return null
  return splitTokens(hljs.highlight(text, { language, ignoreIllegals: true }).value)
}

async function register(language: string): Promise<void> {
  const load = grammars[language]
  if (load && !hljs.getLanguage(language)) {
    hljs.registerLanguage(language, (await load()).default)
  }
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
}

/**
 * The markup that highlight.js writes, read back as lines of parts, so that none of it ever goes to the
 * page as markup. It knows `<span class="…">`, its end and five entities.
 */
function splitTokens(markup: string): Token[][] {
  const lines: Token[][] = [[]]
  const classes: string[] = []
  for (const [part] of markup.matchAll(/<span class="[^"]*">|<\/span>|[^<]+/g)) {
    if (part === '</span>') classes.pop()
    else if (part.startsWith('<')) classes.push(part.slice('<span class="'.length, -2))
    else addText(lines, part, classes.at(-1) ?? null)
  }
  return lines
}

function addText(lines: Token[][], part: string, className: string | null): void {
  const text = part.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => entities[entity] ?? entity)
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) lines.push([])
    if (line !== '') lines.at(-1)?.push({ text: line, className })
  }
}
