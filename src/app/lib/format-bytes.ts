const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/**
 * A size for people, in powers of 1000 as disks and browsers count: `734 MB`, `1.2 GB`, `512 bytes`.
 * Anything that is no size (NaN, negative, infinite) is a dash.
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${Math.floor(bytes)} bytes`
  let value = bytes
  let unit = 0
  // 999.5 would be written as 1000 of the smaller unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  // A hostile listing may claim any number: it must still fit its column.
  if (value >= 999.5) return `over 999 ${units[unit]}`
  return `${value < 9.95 ? value.toFixed(1).replace('.0', '') : Math.round(value)} ${units[unit]}`
}
