import { count, formatBytes } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { FileKind } from '#contract/file-kind.ts'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import type { DetailRow } from './describe-details.ts'

/** A row of a list. */
export type ListedEntry =
  | { kind: 'folder'; key: string; path: FolderPath }
  | {
      kind: 'file'
      key: string
      name: string
      fileKind: FileKind
      size: number
      link: string | null
      uploadedAt: string
    }

export type Subject = {
  rows: readonly (ListedEntry | undefined)[]
  /** Keys: of the row with the keyboard, of the one that was selected last, of all that are. */
  selection: { active: string | null; anchor: string | null; chosen: ReadonlySet<string> }
  chosen: readonly ListedEntry[]
}

/** What is selected, unless the keyboard has gone on from that to another row; empty for the folder. */
export function findSubject({ rows, selection, chosen }: Subject): readonly ListedEntry[] {
  const { active, anchor, chosen: keys } = selection
  const isOnSelection = active === null || active === anchor || keys.has(active)
  if (chosen.length > 0 && isOnSelection) return chosen
  const row = rows.find((entry) => entry?.key === active)
  return row ? [row] : chosen
}

/** `summary` is of what the folder holds; null where that is not known. */
export function describePlace(folder: FolderPath, summary: string | null): DetailRow[] {
  return [
    ['Name', visibleName(folderName(folder)) || 'All files'],
    ['Type', 'Folder'],
    ['Path', visibleName(folder)],
    ...(summary === null ? [] : [['Holds', summary] satisfies DetailRow]),
  ]
}

const nouns: Record<FileKind, string> = {
  image: 'picture',
  video: 'video',
  audio: 'audio file',
  document: 'document',
  text: 'text file',
  subtitles: 'subtitle file',
  archive: 'archive',
  other: 'other file',
}

/**
 * How many are selected, how large they are together, and of which kinds. `wholeFiles` is how many files
 * that are where all of the folder is selected, loaded or not.
 */
export function describeChosen(
  chosen: readonly ListedEntry[],
  wholeFiles: number | null,
): DetailRow[] {
  const files = chosen.filter((entry) => entry.kind === 'file')
  const folders = chosen.length - files.length
  const all = wholeFiles ?? files.length
  const sizes = files.map(({ size }) => size).filter((size) => size >= 0)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  // What is not known of is said, or the sum would be taken for that of all.
  const left = [
    ...(folders > 0 ? ['without what is in the folders'] : []),
    ...(all > files.length ? ['of the files loaded so far'] : []),
  ].join(', ')
  const kinds = Object.entries(nouns).flatMap(([kind, noun]) => {
    const found = files.filter(({ fileKind }) => fileKind === kind).length
    return found > 0 ? [count(found, noun)] : []
  })
  const rows: DetailRow[] = [
    [
      'Selected',
      [
        ...(folders > 0 ? [count(folders, 'folder')] : []),
        ...(all > 0 ? [count(all, 'file')] : []),
      ].join(', '),
    ],
  ]
  if (files.length === 0) return rows
  return [
    ...rows,
    ['Total size', `${formatBytes(total)}${left && ` (${left})`}`],
    ['Kinds', kinds.join(', ')],
  ]
}
