import createPurifier from 'dompurify'
import { Marked } from 'marked'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { fileKind } from '#contract/file-kind.ts'
import { readTarget } from './link-target.ts'

/** In characters: a program's output, and no page that anybody reads laid out. */
const mostCharacters = 1_000_000
/** Deeper and larger pages take a browser minutes. */
const mostNesting = 60
const mostElements = 20_000
/** Of a table: the widths of thousands take a browser many seconds. */
const mostColumns = 100

const tags =
  'a b blockquote br code del details em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small strong sub summary sup table tbody td tfoot th thead tr u ul div span dl dt dd'.split(
    ' ',
  )
const attributes = ['href', 'src', 'alt', 'title', 'align', 'start', 'colspan', 'rowspan', 'open']

const marked = new Marked({
  gfm: true,
  renderer: {
    // A form's field otherwise.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

/**
 * The page that Markdown describes, cleaned: no scripts, styles, forms or frames, no picture from
 * elsewhere, and links that open outside the app. Null where it is too large or nested too deep to be
 * laid out. The elements belong to a document that loads nothing until they are put into the page.
 */
export function renderMarkdown(
  text: string,
  siblings: readonly ViewedFile[],
): DocumentFragment | null {
  if (text.length > mostCharacters || isNestedTooDeep(text)) return null
  try {
    const html = marked.parse(text, { async: false })
    const page = createPurifier(window).sanitize(html, {
      ALLOWED_TAGS: tags,
      ALLOWED_ATTR: attributes,
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      RETURN_DOM_FRAGMENT: true,
    })
    if (page.querySelectorAll('*').length > mostElements) return null
    for (const link of page.querySelectorAll('a')) mendLink(link, siblings)
    for (const picture of page.querySelectorAll('img')) mendPicture(picture, siblings)
    for (const table of page.querySelectorAll('table')) wrapTable(table)
    return page
  } catch {
    // Parsers give up by exhausting the stack.
    return null
  }
}

/** A parser goes down one level for each quote and each list in a list: ten thousand are an attack. */
function isNestedTooDeep(text: string): boolean {
  const marks = new RegExp(`^(?:[ \\t]*(?:>|[-*+]|\\d+[.)])){${mostNesting},}`, 'm')
  const brackets = new RegExp(`(?:!?\\[){${mostNesting},}|(?:[*_]{1,3}[^\\s*_]){2000,}`)
  const tags = new RegExp(`(?:<[a-z]+>\\s*){${mostNesting},}`, 'i')
  return marks.test(text) || brackets.test(text) || tags.test(text)
}

function mendLink(link: HTMLAnchorElement, siblings: readonly ViewedFile[]): void {
  const target = readTarget(link.getAttribute('href') ?? '', siblings)
  link.removeAttribute('href')
  if (target.kind === 'nowhere') return
  if (target.kind === 'heading') {
    link.setAttribute('href', '#')
    link.setAttribute('data-anchor', target.anchor)
    return
  }
  link.href = target.kind === 'file' ? target.file.link : target.href
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
}

/** Pictures of the same folder are shown; of all others the page says what they show. */
function mendPicture(picture: HTMLImageElement, siblings: readonly ViewedFile[]): void {
  const target = readTarget(picture.getAttribute('src') ?? '', siblings)
  picture.removeAttribute('src')
  if (target.kind === 'file' && fileKind(target.file.name) === 'image') {
    picture.setAttribute('loading', 'lazy')
    picture.setAttribute('src', target.file.link)
    return
  }
  const words = document.createElement('span')
  words.className = 'reader-picture'
  words.textContent = picture.alt ? `Picture: ${picture.alt}` : 'Picture not shown'
  picture.replaceWith(words)
}

/** A wide table scrolls by itself, and stays a table for a screen reader; one past all reading is cut. */
function wrapTable(table: HTMLTableElement): void {
  for (const cell of table.querySelectorAll(`:is(td, th):nth-child(n + ${mostColumns + 1})`)) {
    cell.remove()
  }
  const box = document.createElement('div')
  box.className = 'reader-wide'
  table.replaceWith(box)
  box.append(table)
}
