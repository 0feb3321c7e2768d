import { count, formatBytes } from '#app/lib/format.ts'
import type { ZipListing } from './read-zip.ts'

/** Archives of many equal bytes do reach a few hundred times their size; bombs a thousand and more. */
const ratioOfBomb = 500

/** What the archive claims to hold, in a sentence or two. */
export function describeListing({ entries, isCut }: ZipListing, packedSize: number): string {
  const files = entries.filter(({ isFolder }) => !isFolder)
  const size = files.reduce((sum, one) => sum + one.size, 0)
  const held = `${isCut ? 'More than ' : ''}${count(files.length, 'file')}, ${formatBytes(size)} unpacked`
  const ratio = packedSize > 0 ? size / packedSize : 0
  if (ratio < ratioOfBomb || size < 1_000_000_000) return `${held}.`
  return `${held}. That is over ${ratioOfBomb} times the size of the archive: it may be made to fill a disk.`
}
