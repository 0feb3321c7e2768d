import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'

export type LinkTarget =
  | { kind: 'outside'; href: string }
  | { kind: 'file'; file: ViewedFile }
  | { kind: 'heading'; anchor: string }
  /** It leads nowhere: `javascript:`, `data:`, another folder. */
  | { kind: 'nowhere' }

/**
 * Where an address in a text leads to. Relative ones name files of the same folder, or nothing: to the
 * browser they would be addresses of the app.
 */
export function readTarget(address: string, siblings: readonly ViewedFile[]): LinkTarget {
  const text = address.trim()
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    return { kind: 'outside', href: new URL(text).href }
  }
  if (/^mailto:[^\s?]+@/i.test(text)) return { kind: 'outside', href: text }
  if (text.startsWith('#')) return { kind: 'heading', anchor: decode(text.slice(1)).toLowerCase() }
  const name = decode(text.replace(/^\.\//, '').replace(/[?#].*$/s, ''))
  const file = siblings.find((one) => one.name === name || one.name === name.normalize('NFC'))
  return file ? { kind: 'file', file } : { kind: 'nowhere' }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The part after `#` that leads to a heading, as GitHub and others make it. */
export function headingAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-')
}
