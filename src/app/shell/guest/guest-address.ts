import { folderHref, readFolderHref, readOpenedName } from '#app/shell/state/folder-href.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'

const sharedHref = '/shared'

/** The folder of a share page, whose links carry what stands behind `#`: a reload needs it. */
export function guestHref(folder: FolderPath, query = ''): string {
  return `${folderHref(folder).replace(/^\/files/, sharedHref)}${query}${location.hash}`
}

export function guestFolder(pathname: string): FolderPath {
  return readFolderHref(pathname.replace(sharedHref, '/files')) ?? rootFolder
}

export const viewedName = (search: string) => readOpenedName(search, 'view')
