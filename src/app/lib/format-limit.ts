import { formatBytes } from './format-bytes.ts'

/**
 * A limit as it was set: `2 GiB` where it is a round number of binary units, which limits mostly are.
 * Rounding 2147483648 to `2.1 GB` would promise more than is taken.
 */
export function formatLimit(bytes: number): string {
  if (bytes > 0 && bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30} GiB`
  if (bytes > 0 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  return formatBytes(bytes)
}
