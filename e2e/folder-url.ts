/** Where the app shows a folder: `/Films/50 %/` is `/files/Films/50%20%25/`. */
export function folderUrl({ origin }: { origin: string }, folder: string): string {
  return `${origin}/files${folder.split('/').map(encodeURIComponent).join('/')}`
}
