import { type FileKind, fileKind } from '#app/lib/file-kind.ts'
import { safeLink } from '#app/lib/safe-link.ts'
import type { FilesPage, ListedFile } from '#contract/files.ts'
import { childFolder, type FolderPath } from '#contract/folder-path.ts'

export type FolderEntry = { kind: 'folder'; key: string; name: string; path: FolderPath }

export type FileEntry = {
  kind: 'file'
  key: string
  name: string
  fileKind: FileKind
  /** Bytes as listed; `formatBytes` copes with what is no size. */
  size: number
  /** Only ever http or https; null where the listing held anything else. */
  link: string | null
  /** ISO 8601 as listed. */
  uploadedAt: string
}

export const noLinkReason = 'The server gave no usable link for this file.'

/** One row of a folder. `key` is unique in its folder and stays while pages are added or patched. */
export type Entry = FolderEntry | FileEntry

/** The rows of a folder from the pages loaded so far: folders first, each kind in the server's order. */
export function readEntries(folder: FolderPath, pages: readonly FilesPage[]): Entry[] {
  const used = new Set<string>()
  const folders = pages.flatMap((page) => page.folders)
  const files = pages.flatMap((page) => page.files)
  return [
    ...folders.map((name) => readFolder(folder, name, used)),
    ...files.map((file) => readFile(file, used)),
  ]
}

function readFolder(parent: FolderPath, name: string, used: Set<string>): FolderEntry {
  return {
    kind: 'folder',
    key: uniqueKey(`folder ${name}`, used),
    name,
    path: childFolder(parent, name),
  }
}

function readFile(file: ListedFile, used: Set<string>): FileEntry {
  return {
    kind: 'file',
    key: uniqueKey(`file ${file.link || file.name}`, used),
    name: file.name,
    fileKind: fileKind(file.name, file.size),
    size: file.size,
    link: safeLink(file.link),
    uploadedAt: file.uploaded_at,
  }
}

/** Pages of a folder that changes between two requests overlap, and an upstream may repeat itself. */
function uniqueKey(wanted: string, used: Set<string>): string {
  let key = wanted
  for (let number = 2; used.has(key); number += 1) key = `${wanted} ${number}`
  used.add(key)
  return key
}
