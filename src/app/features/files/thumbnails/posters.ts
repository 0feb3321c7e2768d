import type { FolderPath } from '#contract/folder-path.ts'

/** Of folders that were seen to be about one film: asking for the others would cost requests. */
const posters = new Map<FolderPath, string>()

/** `url` null: it is about no film any more. */
export function notePoster(folder: FolderPath, url: string | null): void {
  if (url === null) posters.delete(folder)
  else posters.set(folder, url)
}

/** Null where none is known. */
export function posterOf(folder: FolderPath): string | null {
  return posters.get(folder) ?? null
}
