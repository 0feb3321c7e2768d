import type { UploadRequest } from '#app/features/uploads/upload.ts'

/** What systems leave in folders for themselves, by names in lower case. */
const systemNames = new Set([
  '.ds_store',
  '.localized',
  '.apdisk',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '.directory',
])
const systemFolders = new Set([
  '__macosx',
  '.spotlight-v100',
  '.trashes',
  '.fseventsd',
  '$recycle.bin',
])

/**
 * Whether a file came along with a folder that nobody thought of it in. One that was dropped or chosen by
 * itself is meant.
 */
export function isSystemFile({ name, path = '', refusal }: UploadRequest): boolean {
  const folders = path.split('/').slice(0, -1)
  if (folders.length === 0 || refusal) return false
  const lower = name.toLowerCase()
  // macOS keeps what a foreign disk has no place for in `._name`, beside `name`.
  if (systemNames.has(lower) || /^\._./.test(lower) || lower === 'icon\r') return true
  return folders.some((folder) => systemFolders.has(folder.toLowerCase()))
}
