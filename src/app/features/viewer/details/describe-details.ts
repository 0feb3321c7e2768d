import { formatBytes, formatDuration, formatExactTime, formatNumber } from '#app/lib/format.ts'
import type { FileDetails } from '#contract/previews.ts'

export type DetailRow = [name: string, value: string]

/** What is known beside the row of a list: by the server, or as far as the first bytes tell. */
export type KnownDetails = Partial<FileDetails>

/** What is known of a file, in the order that people ask; what is not known is left out. */
export function describeDetails(
  file: { size: number; uploadedAt: string },
  known: KnownDetails | null,
): DetailRow[] {
  const exactSize = file.size >= 1000 ? ` (${formatNumber(file.size)} bytes)` : ''
  const rows: [name: string, value: string | undefined | false | null][] = [
    ['Size', `${formatBytes(file.size)}${exactSize}`],
    ['Uploaded', formatExactTime(file.uploadedAt)],
    ['Type', known?.type],
    ['Dimensions', known?.width && known.height && `${known.width} × ${known.height}`],
    ['Duration', known?.duration === undefined ? null : formatDuration(known.duration)],
    ['Codecs', known?.codecs?.join(', ')],
    // Most cameras tell their place's time and not which that is: it stays as they wrote it.
    ['Taken', known?.taken_at?.replace('T', ' ')],
    ['Camera', known?.camera],
    [
      'Place',
      known?.place && `${degrees(known.place.latitude)}, ${degrees(known.place.longitude)}`,
    ],
    ['SHA-256', known?.sha256],
  ].map(([name, value]) => [String(name), value || null])
  return rows.filter((row): row is DetailRow => typeof row[1] === 'string' && row[1] !== '')
}

function degrees(value: number): string {
  return value.toFixed(5)
}
