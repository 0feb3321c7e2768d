import { safeLink } from '#app/lib/untrusted-text.ts'
import { type FileKind, fileKind } from '#contract/file-kind.ts'
import type { FilesPage, ListedFile } from '#contract/files.ts'
import { childFolder, type FolderPath } from '#contract/folder-path.ts'

/** The file whose picture stands for a folder. */
export type Cover = { name: string; size: number; link: string | null }

export type FolderEntry = {
  kind: 'folder'
  key: string
  name: string
  path: FolderPath
  /** Undefined where the server names none. */
  cover?: Cover | undefined
}

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
  /** Of a picture its width by its height, where the listing tells them. */
  shape?: number | undefined
}

/** One row of a folder. `key` is unique in its folder and stays while pages are added or patched. */
export type Entry = FolderEntry | FileEntry

type Reading = {
  pages: readonly FilesPage[]
  entries: readonly Entry[]
  folders: readonly FolderEntry[]
  files: Map<FilesPage, FileEntry[]>
  /** Which of the listed files has a key. */
  owners: Map<string, ListedFile | string>
}

/** By the last page: a page that is added to those read before is all that is read then. */
const readings = new WeakMap<FilesPage, Reading>()
/** The same listed file is the same entry, so that its row is not drawn again. */
const fileEntries = new WeakMap<ListedFile, FileEntry>()

/** The rows of a folder from the pages loaded so far: folders first, each kind in the server's order. */
export function readEntries(folder: FolderPath, pages: readonly FilesPage[]): readonly Entry[] {
  const last = pages.at(-1)
  if (!last) return []
  const read = readings.get(last) ?? readings.get(pages.at(-2) ?? last)
  const known = read?.pages.at(-1)
  // One of them is enough: each holds all the rows so far.
  if (known) readings.delete(known)
  const reading = (read && readAdded(read, pages)) ?? readAll(folder, pages)
  readings.set(last, reading)
  return reading.entries
}

/** Null where a page that was read before is gone. */
function readAdded(read: Reading, pages: readonly FilesPage[]): Reading | null {
  let kept = 0
  for (const page of pages) if (page === read.pages[kept]) kept += 1
  if (kept < read.pages.length || pages[0] !== read.pages[0]) return null
  if (pages.length === kept) return read
  const { folders, files, owners } = read
  const added = pages.filter((page) => !files.has(page))
  if (added.some((page) => page.folders.length > 0)) return null
  for (const page of added)
    files.set(
      page,
      page.files.map((file) => readFile(file, owners)),
    )
  return { ...read, pages, entries: joinEntries(folders, files, pages) }
}

function readAll(folder: FolderPath, pages: readonly FilesPage[]): Reading {
  const owners: Reading['owners'] = new Map()
  const covers = new Map(pages[0]?.covers?.map((cover) => [cover.folder, cover]))
  const folders = pages
    .flatMap((page) => page.folders)
    .map((name, at) => readFolder(folder, name, { owners, at, cover: covers.get(name) }))
  const read = (page: FilesPage) => page.files.map((file) => readFile(file, owners))
  const files = new Map(pages.map((page) => [page, read(page)]))
  return { pages, folders, files, owners, entries: joinEntries(folders, files, pages) }
}

function joinEntries(
  folders: readonly FolderEntry[],
  files: Reading['files'],
  pages: readonly FilesPage[],
): readonly Entry[] {
  return ([] as Entry[]).concat(folders, ...pages.map((page) => files.get(page) ?? []))
}

/** The row of a subfolder, unless the listing names it twice. */
export function folderKey(name: string): string {
  return `folder ${name}`
}

function readFolder(
  parent: FolderPath,
  name: string,
  { owners, at, cover }: { owners: Reading['owners']; at: number; cover: Cover | undefined },
): FolderEntry {
  const key = uniqueKey(folderKey(name), `folder ${at}`, owners)
  return { kind: 'folder', key, name, path: childFolder(parent, name), cover }
}

function readFile(file: ListedFile, owners: Reading['owners']): FileEntry {
  const key = uniqueKey(`file ${file.link || file.name}`, file, owners)
  const known = fileEntries.get(file)
  if (known?.key === key) return known
  const entry: FileEntry = {
    kind: 'file',
    key,
    name: file.name,
    fileKind: fileKind(file.name, file.size),
    size: file.size,
    link: safeLink(file.link),
    uploadedAt: file.uploaded_at,
    shape: file.width && file.height && file.width / file.height,
  }
  fileEntries.set(file, entry)
  return entry
}

/** Pages of a folder that changes between two requests overlap, and an upstream may repeat itself. */
function uniqueKey(wanted: string, owner: ListedFile | string, owners: Reading['owners']): string {
  let key = wanted
  for (let number = 2; (owners.get(key) ?? owner) !== owner; number += 1)
    key = `${wanted} ${number}`
  owners.set(key, owner)
  return key
}
