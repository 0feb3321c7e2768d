import {
  type FileName,
  type Parsed,
  parseFileName,
  parseStoredName,
  utf8Length,
} from './file-name.ts'

/** A path that passed `parseFolderPath`: `/`, or `/Films/2026/` with both outer slashes, NFC. */
export type FolderPath = string & { readonly brand: 'FolderPath' }

export const rootFolder = '/' as FolderPath
export const folderMaxDepth = 32
export const folderMaxBytes = 1024

/**
 * Reads the path of a folder that may be there from untrusted text. A missing outer slash is added;
 * empty, `.` and `..` segments are refused, for `..` must never mean anything. `rule` says which
 * rule is broken.
 */
export function parseFolderPath(text: string): Parsed<FolderPath> {
  return parsePath(text, parseStoredName)
}

/** The same where something new is to go: what nobody can see is refused, too. */
export function parseNewFolderPath(text: string): Parsed<FolderPath> {
  return parsePath(text, parseFileName)
}

function parsePath(text: string, parseName: typeof parseStoredName): Parsed<FolderPath> {
  if (text === '' || text === '/') return { ok: true, value: rootFolder }
  const inner = text.replace(/^\//, '').replace(/\/$/, '')
  const names: FileName[] = []
  for (const segment of inner.split('/')) {
    const name = parseName(segment, 'Folder names')
    if (!name.ok) return name
    names.push(name.value)
  }
  if (names.length > folderMaxDepth) {
    return { ok: false, rule: `Folders must be at most ${folderMaxDepth} levels deep.` }
  }
  const path = `/${names.join('/')}/`
  if (utf8Length(path) > folderMaxBytes) {
    return { ok: false, rule: `Folder paths must be at most ${folderMaxBytes} bytes.` }
  }
  return { ok: true, value: path as FolderPath }
}

/** `/Films/2026/` → `['Films', '2026']`; the root has none. */
export function folderSegments(path: FolderPath): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** The folder above; the root is its own. */
export function parentFolder(path: FolderPath): FolderPath {
  return path.replace(/[^/]+\/$/, '') as FolderPath
}

/** The folder called `name` in `path`; `name` is one that the server listed. */
export function childFolder(path: FolderPath, name: string): FolderPath {
  return `${path}${name}/` as FolderPath
}

/** The last segment, `''` for the root. */
export function folderName(path: FolderPath): string {
  return folderSegments(path).at(-1) ?? ''
}

/** The root first, `path` last: what a breadcrumb shows. */
export function folderTrail(path: FolderPath): FolderPath[] {
  const trail: FolderPath[] = [rootFolder]
  for (const name of folderSegments(path)) trail.push(childFolder(trail.at(-1) ?? rootFolder, name))
  return trail
}
