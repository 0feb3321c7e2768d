/**
 * What a header says, given as Node has it: each byte a character. HTTP knows no UTF-8 in headers,
 * yet servers send names in it, and browsers read it; what is no UTF-8 they read as Windows-1252.
 */
export function readHeaderText(text: string): string {
  if (/[^\p{ASCII}\u0080-\u00ff]/u.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/**
 * A link in a header, given as Node has it, with each byte that is not ASCII percent-encoded as it
 * is: the site made those bytes, in whatever charset, and wants the same ones back.
 */
export function readHeaderLink(text: string): string {
  return text.replace(
    /[\u0080-\u00ff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
