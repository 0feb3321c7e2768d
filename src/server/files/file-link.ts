import type { StoredFile } from './stored-file.ts'

/** "A direct, streamable URL to the stored file." It ends in the file's name, for players and people. */
export function fileLink(publicUrl: string, file: Pick<StoredFile, 'trackingId' | 'name'>): string {
  return `${publicUrl}/share/${file.trackingId}/${encodeURIComponent(file.name)}`
}
