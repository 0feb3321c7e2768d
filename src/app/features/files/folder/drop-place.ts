import type { Target } from '#app/actions/action-context.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** Where rows would go that are let go now. */
export type DropPlace = { element: Element; folder: FolderPath; isCopy: boolean }

/** Null where they are already, and for a folder in itself. */
export function findDropPlace(
  { target, ctrlKey, altKey }: DragEvent,
  targets: readonly Target[],
): DropPlace | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-folder]') : null
  const folder = element?.dataset.folder as FolderPath | undefined
  const isCopy = ctrlKey || altKey
  if (!element || !folder) return null
  const isHere =
    document.querySelector<HTMLElement>('nav [aria-current]')?.dataset.folder === folder
  const isInside = targets.some((one) => one.kind === 'folder' && folder.startsWith(one.path))
  return isInside || (isHere && !isCopy) ? null : { element, folder, isCopy }
}
