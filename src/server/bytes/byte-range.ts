/** Part of a file. Both ends are inclusive, as on the wire. */
export type ByteRange = { first: number; last: number }

/**
 * Reads a `Range` header for a file of `size` bytes. 'whole': send the whole file, because there is
 * no range, or one that RFC 9110 lets a server ignore (another unit, several ranges).
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
  // The tail of an empty file is the whole file, which Content-Range cannot express.
  return size === 0 ? 'whole' : { first: Math.max(0, size - length), last: size - 1 }
}
