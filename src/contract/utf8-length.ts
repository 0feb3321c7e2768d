/**
 * How many bytes `text` takes in UTF-8. File systems and the API count bytes, people and JavaScript
 * do not; written out because this zone has neither Node nor a browser around it.
 */
export function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
