import { type FolderPath, folderSegments, rootFolder } from '#contract/folder-path.ts'

export const filesHref = '/files/'
export const apiKeysHref = '/api-keys'
export const subscriptionsHref = '/subscriptions'
export const trashHref = '/trash'
/** Where other pages, apps and bookmarks send links and files: `/import?url=…`, `?text=…`. */
export const importHref = '/import'
/** What was sent waits under this name in the tab while nobody is connected, also while a key is made for it. */
export const sentName = 'barkeep.sent-here'

/** Where a folder is in this app: `/Films/50 %/` is `/files/Films/50%20%25/`. */
export function folderHref(folder: FolderPath): string {
  const inner = folderSegments(folder).map(encodeSegment).join('/')
  return inner === '' ? filesHref : `${filesHref}${inner}/`
}

/** Where a file is in this app: its name beside its folder's address. */
export function fileHref(folder: FolderPath, name: string): string {
  return `${folderHref(folder)}?open=${encodeSegment(name)}`
}

/** The same with the file in the viewer, over its folder. */
export function viewHref(folder: FolderPath, name: string): string {
  return `${folderHref(folder)}?view=${encodeSegment(name)}`
}

/** The name of the file that the query of an address opens, in the list or the viewer; null for none. */
export function readOpenedName(search: string, how: 'open' | 'view' = 'open'): string | null {
  return new URLSearchParams(search).get(how) || null
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
