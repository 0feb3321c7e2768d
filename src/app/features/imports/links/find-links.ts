import type { ClipboardEvent } from 'react'
import { type FileKind, fileKind } from '#contract/file-kind.ts'

/** What may follow a link in prose, lists, tables and markup without being part of it. */
const trailing = new Set(".,;:!?'*_~|\\」』】》〉）…")
const brackets: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/**
 * Quotes, angle brackets, blanks and marks that only turn the direction of writing never stand in a link, so they end
 * it; East Asian sentences go on behind their full stops and commas without a blank.
 */
const linkPattern =
  /\bhttps?:\/\/(?![/?#])[^\s<>"`“”«»。，、；：！？\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gi

/** The http(s) links in any text, in order, each once, as they were written. */
export function findLinks(text: string): string[] {
  const links = new Map<string, string>()
  for (const { 0: found, index } of text.matchAll(linkPattern)) {
    for (const part of splitLists(readMarkup(found, text.slice(Math.max(0, index - 9), index)))) {
      const link = trimLink(part)
      if (!URL.canParse(link)) continue
      const { href, hostname } = new URL(link)
      if (hostname !== '' && !links.has(href)) links.set(href, link)
    }
  }
  return [...links.values()]
}

/** In markup, which `before` tells, `&amp;` stands for one character. */
function readMarkup(found: string, before: string): string {
  return /[=>]\s*["']?$/.test(before) ? found.replaceAll(/&(amp|#38|#x26);/gi, '&') : found
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

/** What text to import from holds. */
export type LinkText = {
  links: string[]
  /** Lines that have words and no link: prose around the links, mostly. */
  otherLines: number
  /** Links that the API would refuse for their length, cut. */
  tooLong: string[]
}

/** The longest that the API takes. */
const longestLink = 8192
const shownText = 60

/** Reads what was typed or pasted. */
export function readLinkText(text: string): LinkText {
  const found = findLinks(text)
  const isTooLong = (link: string) => link.length > longestLink
  const others = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && findLinks(line).length === 0)
  return {
    links: found.filter((link) => !isTooLong(link)),
    otherLines: others.length,
    tooLong: found.filter(isTooLong).map((link) => `${link.slice(0, shownText)}…`),
  }
}

const kindNames: Record<FileKind, string> = {
  video: 'Video file',
  audio: 'Audio file',
  image: 'Picture',
  subtitles: 'Subtitles',
  document: 'Document',
  archive: 'Archive',
  text: 'Text file',
  other: 'Page or file',
}

/** What a link probably leads to, by its path alone: nobody has asked its server yet. */
export function guessKind(link: string): string {
  const path = URL.parse(link)?.pathname ?? ''
  return kindNames[fileKind(path.slice(path.lastIndexOf('/') + 1))]
}

/** Whether a link may lead to a page, whose content nobody knows yet. */
export function mayHoldSeveral(link: string): boolean {
  return (
    guessKind(link) === kindNames.other ||
    /\.(html?|php|aspx?|xml|rss|m3u8?)$/i.test(URL.parse(link)?.pathname ?? '')
  )
}

/** The forms of a drop or paste that may hold links; '' where it has none of that form. */
export type TransferText = { uriList: string; text: string; html: string }

export type TransferLinks = {
  links: string[]
  /** The links are no more than where the picture beside them came from. */
  isPictureAddress: boolean
  /** Words are what was copied: a picture beside them shows the same, as of cells or of a slide's text. */
  isText: boolean
}

/**
 * The links of a drop or paste, from the form that says most: a list of links, else the text, else where
 * the HTML leads (two cells of a spreadsheet show titles as text), else, without words, the media in it.
 */
export function findTransferLinks({ uriList, text, html }: TransferText): TransferLinks {
  const plain = [uriList, text].map(findLinks).find((links) => links.length > 0)
  // Nothing in it is loaded or run: such a document has no window.
  const page = new DOMParser().parseFromString(html, 'text/html')
  const led = addressesOf(page, 'a[href], area[href]', 'href')
  const shown = addressesOf(page, 'img[src], video[src], audio[src], source[src]', 'src')
  // Beside words a picture is an ornament, or counts its readers.
  const isOnlyShown = led.length === 0 && text.trim() === ''
  const links = plain ?? (isOnlyShown ? shown : led)
  const areShown = links.length > 0 && links.every((link) => shown.includes(link))
  const isPictureAddress = led.length === 0 && areShown
  return { links, isPictureAddress, isText: text.trim() !== '' && !isPictureAlone(page) }
}

/** A copied picture comes with its HTML, and in some browsers with what stands for it as text. */
function isPictureAlone({ body }: Document): boolean {
  return body.querySelector('img') !== null && (body.textContent ?? '').trim() === ''
}

/** Addresses that need the page they stood on are none: nobody says which page that was. */
function addressesOf(page: Document, selector: string, attribute: string): string[] {
  const addresses = Array.from(page.querySelectorAll(selector), (element) =>
    (element.getAttribute(attribute) ?? '').trim(),
  )
  return [...new Set(addresses.filter((address) => /^https?:\/\//i.test(address)))].flatMap(
    (address) => (URL.canParse(address) ? [address.replaceAll(/\s/g, '%20')] : []),
  )
}

/**
 * Takes a paste into a field for links: each link on a line of its own, where the browser would run it
 * into its neighbour, none that stands there already, and those of the HTML where the text has none.
 * Other text is left to the browser.
 */
export function handleLinkPaste(
  event: ClipboardEvent<HTMLInputElement | HTMLTextAreaElement>,
): void {
  const { clipboardData, currentTarget: field } = event
  const text = clipboardData.getData('text/plain')
  const { links } = findTransferLinks({
    uriList: clipboardData.getData('text/uri-list'),
    text,
    html: clipboardData.getData('text/html'),
  })
  if (links.length === 0) return
  const before = field.value.slice(0, field.selectionStart ?? field.value.length)
  const after = field.value.slice(field.selectionEnd ?? field.value.length)
  const words = text.includes(links[0] ?? '') ? text.trim() : links.join('\n')
  const there = linesOf(`${before}\n${after}`)
  const fresh = [...linesOf(words)].filter((line) => !there.has(line)).join('\n')
  const start = /\S$/.test(before) ? '\n' : ''
  const end = /^\S/.test(after) ? '\n' : ''
  event.preventDefault()
  if (fresh === '') return
  // The one way to insert text that can be taken back by Ctrl+Z.
  document.execCommand('insertText', false, start + fresh + end)
}

function linesOf(text: string): Set<string> {
  return new Set(text.split('\n').map((line) => line.trim()))
}
