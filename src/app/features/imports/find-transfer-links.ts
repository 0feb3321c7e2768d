import { findLinks } from './find-links.ts'

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
