import { findLinks, findTransferLinks } from './find-links.ts'

/** A browser's bookmarks with all their icons have a few MB; behind this nothing is read. */
const mostBytes = 16 * 1024 * 1024

/** Shortcuts to a page: they hold nothing but its link. */
export function isShortcut(name: string): boolean {
  return /\.(url|webloc)$/i.test(name)
}

/** Files in which links may stand: playlists, tables, bookmarks, notes. */
export function mayHoldLinks(name: string): boolean {
  return isShortcut(name) || /\.(m3u8?|pls|xspf|csv|tsv|txt|md|html?|json|xml|opml)$/i.test(name)
}

/** The links of a text file in any of the encodings that such files have; none where it has none. */
export async function readLinkFile(file: File): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, mostBytes).arrayBuffer())
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes)
  // An address in HTML has its "&" as "&amp;".
  if (!/\.(html?|xml|opml|webloc|xspf)$/i.test(file.name)) return findLinks(text)
  const { links } = findTransferLinks({ uriList: '', text: '', html: text })
  return links.length > 0 ? links : findLinks(text.replaceAll('&amp;', '&'))
}

/** By its byte order mark. Without one all of a link is ASCII, and so is right in UTF-8. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return 'utf-8'
}
