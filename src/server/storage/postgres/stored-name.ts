import { createHash } from 'node:crypto'

/** What people typed may be a megabyte long, or hold a NUL, which PostgreSQL stores in no text. */
export function storedName(name: string): string {
  if (/^[\x20-\x7e]{1,200}$/.test(name)) return name
  return `sha256:${createHash('sha256').update(name).digest('base64url')}`
}
