import { randomBytes } from 'node:crypto'

/** The secret part of a share link: whoever has it may read the file, so 144 random bits. */
export function createTrackingId(): string {
  return randomBytes(18).toString('base64url')
}
