import type { QueryClient } from '@tanstack/react-query'
import type { LucideIcon } from 'lucide-react'
import { type ActionContext, currentContext, type Target } from '#app/actions/action-context.ts'
import { actions, availability } from '#app/actions/registry.ts'
import type { Listing } from '#app/api/cache/listing.ts'
import type { Queries } from '#app/api/cache/queries.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import type { FolderNode, ListedFile } from '#contract/files.ts'
import { type FolderPath, parentFolder, rootFolder } from '#contract/folder-path.ts'
import { foldName } from '#contract/name-order.ts'
import type { FoundItem } from '#contract/search.ts'
import { beginsWord, type FoundBy, findBest } from './rank.ts'

/** One line of the palette. `id` is unique in it. */
export type PaletteItem = { id: string; label: string } & (
  | {
      kind: 'action'
      icon: LucideIcon
      shortcut: string | null
      unavailableReason: string | undefined
      run: () => void
    }
  | { kind: 'folder'; path: FolderPath }
  | { kind: 'file'; folder: FolderPath; size: number | null; link: string | null }
)

type Folder = Extract<PaletteItem, { kind: 'folder' }>

/** They only mean something where the keyboard is on the list, and not here. */
const leftOut = new Set(['palette', 'menu', 'focus-list', 'open', 'go-up', 'select'])
const mostActions = 6
const mostFolders = 6
const mostFiles = 50

/**
 * What can be done now with `targets` and on the page; where something is typed, what has words that begin
 * so. What cannot be done just now says why.
 */
export function findActions(words: readonly string[], targets: readonly Target[]): PaletteItem[] {
  const context = currentContext(targets)
  const offered = actions.flatMap((action): (PaletteItem & FoundBy)[] => {
    const can = leftOut.has(action.id) ? false : availability(action, context)
    if (can === false) return []
    const label = action.label(context)
    return [
      {
        kind: 'action',
        id: `action ${action.id}`,
        label,
        name: foldName(label),
        icon: action.icon,
        shortcut: action.shortcut,
        unavailableReason: typeof can === 'string' ? can : undefined,
        run: () => action.run(currentContext(targets)),
      },
    ]
  })
  if (words.length === 0) return offered
  const begun = offered.filter(({ name }) => words.every((word) => beginsWord(name, word)))
  return findBest(begun, words, mostActions)
}

/** What the keyboard is on: the selection where it is on that, else its row, else the selection. */
export function findTargets(): readonly Target[] {
  const { targetOf, selection }: ActionContext = currentContext()
  const focused = document.activeElement
  const row = focused && targetOf?.(focused)
  const chosen = selection?.() ?? []
  return !row || chosen.some(({ key }) => key === row.key) ? chosen : [row]
}

const foldersByTree = new WeakMap<FolderNode, (Folder & FoundBy)[]>()

export function findFolders(tree: FolderNode | undefined, words: readonly string[]): PaletteItem[] {
  if (!tree || words.length === 0) return []
  let all = foldersByTree.get(tree)
  if (!all) {
    all = listFolders(tree)
    foldersByTree.set(tree, all)
  }
  return findBest(all, words, mostFolders)
}

/** Without recursion: an upstream's tree may be deeper than the call stack. */
function listFolders(tree: FolderNode): (Folder & FoundBy)[] {
  const all: (Folder & FoundBy)[] = []
  const waiting = [...tree.folders].reverse()
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const path = node.path as FolderPath
    const name = foldName(node.name)
    all.push({
      kind: 'folder',
      id: `folder ${path}`,
      label: node.name,
      path,
      name,
      place: foldName(path),
    })
    for (let at = node.folders.length - 1; at >= 0; at -= 1) {
      const child = node.folders[at]
      if (child) waiting.push(child)
    }
  }
  return all
}

/** The files of an answer; its folders stand among the tree's. */
export function readFound(items: readonly FoundItem[]): PaletteItem[] {
  return items.flatMap(({ kind, name, path, size, link }): PaletteItem[] => {
    if (kind !== 'file') return []
    const folder = path.slice(0, path.lastIndexOf('/') + 1) as FolderPath
    const id = `file ${path} ${link ?? ''}`
    return [{ kind, id, label: name, folder, size: size ?? null, link: safeLink(link) }]
  })
}

type SeenFile = FoundBy & { file: ListedFile; folder: FolderPath }

const seenFiles = new WeakMap<ListedFile, SeenFile>()

/** Among the files whose folders were looked at in this session: costs no request. */
export function findSeen(
  { queryClient, queries }: { queryClient: QueryClient; queries: Queries },
  words: readonly string[],
): PaletteItem[] {
  if (words.length === 0) return []
  const seen = new Map<string, SeenFile>()
  for (const { folder, listing } of seenFolders(queryClient, queries)) {
    for (const page of listing.pages) {
      for (const file of page.files) seen.set(`${folder}${file.name}`, readSeen(file, folder))
    }
  }
  return findBest(seen.values(), words, mostFiles).map(({ file, folder }) => ({
    kind: 'file',
    id: `file ${folder}${file.name}`,
    label: file.name,
    folder,
    size: file.size,
    link: safeLink(file.link),
  }))
}

function readSeen(file: ListedFile, folder: FolderPath): SeenFile {
  const known = seenFiles.get(file)
  if (known?.folder === folder) return known
  const seen = { file, folder, name: foldName(file.name), place: foldName(folder) }
  seenFiles.set(file, seen)
  return seen
}

function seenFolders(queryClient: QueryClient, queries: Queries) {
  const [scope, kind] = queries.folder(rootFolder).queryKey
  return queryClient
    .getQueriesData<Listing>({ queryKey: [scope, kind] })
    .flatMap(([key, listing]) => (listing ? [{ folder: key[2] as FolderPath, listing }] : []))
}

/** Where an item is, for eyes that look for which of two it is; '' for an action. */
export function placeOf(item: PaletteItem): string {
  if (item.kind === 'action') return ''
  return item.kind === 'folder' ? parentFolder(item.path) : item.folder
}
