import type { DragEvent as ReactDragEvent } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import { findDropPlace } from '#app/features/files/folder/drop-place.ts'

/** Takes hold of the row, or of the selection it is in. Every `[data-folder]` of the page takes it. */
export function startDrag({ target, dataTransfer }: ReactDragEvent): void {
  const { targetOf, isSelected, selection, manage } = currentContext()
  const row = target instanceof Element ? targetOf?.(target) : null
  if (!row || !manage) return
  const targets = isSelected?.(row) ? (selection?.() ?? [row]) : [row]
  dataTransfer.effectAllowed = 'copyMove'
  // Firefox drags nothing that has no data.
  dataTransfer.setData('application/x-barkeep-rows', String(targets.length))
  const ending = new AbortController()
  const { signal } = ending
  let dropped = () => {}
  const end = () => {
    if (signal.aborted) return
    ending.abort()
    dropped()
  }
  const follow = (event: DragEvent) => {
    const place = findDropPlace(event, targets)
    if (!place || !event.dataTransfer) return null
    event.preventDefault()
    event.dataTransfer.dropEffect = place.isCopy ? 'copy' : 'move'
    return place
  }
  document.addEventListener('dragenter', follow, { signal })
  document.addEventListener('dragover', follow, { signal })
  document.addEventListener(
    'drop',
    (event) => {
      const place = follow(event)
      if (!place) return
      dropped = () => manage(place.isCopy ? 'copy' : 'move', targets, place.folder)
      // After the row has heard of it: it may be gone then.
      setTimeout(end, 200)
    },
    { signal },
  )
  document.addEventListener('dragend', end, { signal })
  // A row that scrolled out of the page hears nothing; while something is dragged, no pointer moves.
  document.addEventListener('pointermove', end, { signal })
  // What it looks like may come a little later.
  import('#app/features/files/manage/show-drag.ts').then(
    ({ showDrag }) => signal.aborted || showDrag(targets, signal),
    () => {},
  )
}
