/** Part of a file. Both ends are inclusive, as on the wire. */
export type ByteRange = { first: number; last: number }

/**
 * Reads a `Range` header for a file of `size` bytes. 'whole': there is none that we serve, and the
 * answer is the whole file (RFC 9110 lets a server ignore what it does not know, and several ranges).
 */
export function readByteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header?.trim() ?? '')
  const [, first = '', last = ''] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  if (first === '') return lastBytes(Number(last), size)
  if (last !== '' && Number(last) < Number(first)) return 'whole'
  if (Number(first) >= size) return 'unsatisfiable'
  return { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

function lastBytes(length: number, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable'
  // The end of an empty file is all of it, which no "Content-Range" can say.
  return size === 0 ? 'whole' : { first: Math.max(0, size - length), last: size - 1 }
}
