/**
 * What a header says, given as Node has it: each byte a character. HTTP knows no UTF-8 in headers,
 * yet servers send file names and redirects in it, and browsers read it.
 */
export function readHeaderText(text: string): string {
  if (/[^\p{ASCII}\u0080-\u00ff]/u.test(text)) return text
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}
