import type { ApiErrorCode } from '#contract/api-error.ts'
import {
  cutToBytes,
  type FileName,
  fileNameMaxBytes,
  numberedFileName,
  type Parsed,
  parseStoredName,
  utf8Length,
} from '#contract/file-name.ts'
import {
  childFolder,
  type FolderPath,
  folderName,
  parentFolder,
  parseFolderPath,
  rootFolder,
} from '#contract/folder-path.ts'
import type { ItemResult } from '#contract/manage.ts'

/** What a request names: a file or a folder by where it is. */
export type Item = { kind: 'file' | 'folder'; folder: FolderPath; name: FileName }

/** Reads `/Films/a.mp4` as a file, `/Films/` as a folder. `rule` says what is wrong. */
export function parseItem(text: string): Parsed<Item> {
  if (text.endsWith('/')) {
    const path = parseFolderPath(text)
    if (!path.ok) return path
    if (path.value === rootFolder) {
      return { ok: false, rule: 'The folder / itself cannot be changed, only what is in it.' }
    }
    const name = folderName(path.value) as FileName
    return { ok: true, value: { kind: 'folder', folder: parentFolder(path.value), name } }
  }
  const nameAt = text.lastIndexOf('/') + 1
  const folder = parseFolderPath(text.slice(0, nameAt))
  if (!folder.ok) return folder
  const name = parseStoredName(text.slice(nameAt), 'File names')
  if (!name.ok) return name
  return { ok: true, value: { kind: 'file', folder: folder.value, name: name.value } }
}

/** `/Films/a.mp4` or `/Films/2026/`. */
export function itemPath({ kind, folder, name }: Item): string {
  return kind === 'folder' ? childFolder(folder, name) : folder + name
}

/** What an item that cannot be done is answered; the others are done all the same. */
export class ItemRefusal extends Error {
  readonly status: 'skipped' | 'error'
  readonly code: ApiErrorCode

  constructor(code: ApiErrorCode, message: string, status: 'skipped' | 'error' = 'error') {
    super(message)
    this.code = code
    this.status = status
  }

  resultFor(item: string): ItemResult {
    return { item, status: this.status, code: this.code, message: this.message }
  }
}

export function notThere(item: Item): ItemRefusal {
  return new ItemRefusal('not_found', `There is no ${item.kind} ${itemPath(item)}.`)
}

export function nameTaken(item: Item, status?: 'skipped'): ItemRefusal {
  const path = itemPath(item)
  return new ItemRefusal('conflict', `There is a ${item.kind} ${path} already.`, status)
}

/** The name an item gets when its own is taken: a folder has no extension to keep. */
export function numberedName(kind: Item['kind'], name: FileName, number: number): FileName {
  if (kind === 'file') return numberedFileName(name, number)
  const suffix = ` (${number})`
  return (cutToBytes(name, fileNameMaxBytes - utf8Length(suffix)) + suffix) as FileName
}
