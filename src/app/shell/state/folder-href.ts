import { type FolderPath, folderSegments, rootFolder } from '#contract/folder-path.ts'

export const filesHref = '/files/'
export const apiKeysHref = '/api-keys'
export const trashHref = '/trash'

/** Where a folder is in this app: `/Films/50 %/` is `/files/Films/50%20%25/`. */
export function folderHref(folder: FolderPath): string {
  const inner = folderSegments(folder).map(encodeSegment).join('/')
  return inner === '' ? filesHref : `${filesHref}${inner}/`
}

/** Where a file is in this app: its name beside its folder's address. */
export function fileHref(folder: FolderPath, name: string): string {
  return `${folderHref(folder)}?open=${encodeSegment(name)}`
}

/** The name of the file that the query of an address opens; null where it opens none. */
export function readOpenedName(search: string): string | null {
  return new URLSearchParams(search).get('open') || null
}

/**
 * The folder that a URL's path names; null if it names none. Lenient on purpose: a service may hold
 * names that ours would refuse, and the server says best what is wrong with one.
 */
export function readFolderHref(pathname: string): FolderPath | null {
  if (pathname === '/files') return rootFolder
  if (!pathname.startsWith(filesHref)) return null
  try {
    const names = pathname.slice(filesHref.length).split('/').map(decodeURIComponent)
    // `%2F` would turn one name into two folders.
    if (names.some((name) => name.includes('/'))) return null
    const inner = names.filter((name) => name !== '').join('/')
    return inner === '' ? rootFolder : (`/${inner}/` as FolderPath)
  } catch {
    // A `%` that no two digits follow.
    return null
  }
}

function encodeSegment(name: string): string {
  // A lone half of a surrogate pair cannot be encoded; an upstream may send one.
  return encodeURIComponent(name.toWellFormed())
}
