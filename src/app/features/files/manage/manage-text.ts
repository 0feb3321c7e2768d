import type { Target } from '#app/actions/action-context.ts'
import { type ItemPath, nameOfItem } from '#app/api/cache/relocate.ts'
import { plural } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { type FolderPath, folderName, rootFolder } from '#contract/folder-path.ts'

/** `“a.txt”`, `3 items`. */
export function describeTargets(targets: readonly Target[]): string {
  return describeNames(targets.map(({ name }) => name))
}

export function describeItems(items: readonly ItemPath[]): string {
  return describeNames(items.map(nameOfItem))
}

function describeNames(names: readonly string[]): string {
  const [name = ''] = names
  return names.length === 1 ? quoted(name) : countItems(names.length)
}

export function countItems(amount: number): string {
  return plural(amount, { one: '# item', other: '# items' })
}

export function quoted(name: string): string {
  return `“${visibleName(name)}”`
}

/** `“Films”`, `All files`. */
export function describeFolder(folder: FolderPath): string {
  return folder === rootFolder ? 'All files' : quoted(folderName(folder))
}

/** What went wrong with some of them, in the server's words: `2 of 5 could not be moved: …`. */
export function describeRefusals(
  refused: readonly { item: ItemPath; message: string }[],
  { all, verb }: { all: number; verb: string },
): string {
  const [first] = refused
  if (!first) return ''
  const reasons = [...new Set(refused.map(({ message }) => message))]
  const why = reasons.slice(0, 2).join(' ')
  const more = reasons.length > 2 ? ' And other reasons.' : ''
  return all === 1
    ? `${quoted(nameOfItem(first.item))} was not ${verb}. ${why}`
    : `${refused.length} of ${all} ${refused.length === 1 ? 'was' : 'were'} not ${verb}. ${why}${more}`
}
