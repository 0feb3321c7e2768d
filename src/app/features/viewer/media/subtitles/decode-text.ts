/**
 * The text of a subtitle file: by its byte order mark, else UTF-16 where every other byte is nothing, else
 * UTF-8 where it is that, else Latin-1 as Windows writes it. `isCut`: it goes on, perhaps within a letter.
 */
export function decodeText(bytes: Uint8Array, isCut = false): string {
  return new TextDecoder(findEncoding(bytes, isCut)).decode(bytes)
}

function findEncoding(bytes: Uint8Array, isCut: boolean): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const start = bytes.subarray(0, 2000)
  const zeros = [0, 1].map((odd) => start.filter((byte, at) => at % 2 === odd && byte === 0).length)
  const [even = 0, odd = 0] = zeros
  if (odd > start.length / 8 && odd > 4 * even) return 'utf-16le'
  if (even > start.length / 8 && even > 4 * odd) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}
