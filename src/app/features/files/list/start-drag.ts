import type { DragEvent as ReactDragEvent } from 'react'
import { currentContext, type Target } from '#app/actions/action-context.ts'
import { attachmentLink } from '#app/actions/open-link.ts'
import { readableLink } from '#app/api/http/readable-link.ts'
import { findDropPlace } from '#app/features/files/folder/drop-place.ts'

/**
 * Takes hold of the row, or of the selection it is in. Every `[data-folder]` of the page takes it where
 * it can be managed, and the desktop one file.
 */
export function startDrag({ target, dataTransfer }: ReactDragEvent): void {
  const { targetOf, isSelected, selection, manage } = currentContext()
  const row = target instanceof Element ? targetOf?.(target) : null
  if (!row) return
  const targets = isSelected?.(row) ? (selection?.() ?? [row]) : [row]
  dataTransfer.effectAllowed = manage ? 'copyMove' : 'copy'
  offerToDesktop(targets, dataTransfer)
  if (!manage) return
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

/** Chromium saves what is dropped outside the window, one file at a time; other browsers do not look at it. */
function offerToDesktop([target, ...others]: readonly Target[], dataTransfer: DataTransfer): void {
  if (target?.kind !== 'file' || target.link === null || others.length > 0) return
  const address = attachmentLink(readableLink(target.link))
  // Colons part its three fields, and the name becomes one on somebody's disk.
  const name = target.name.replace(/[:/\\\p{Cc}]/gu, '_')
  dataTransfer.setData('DownloadURL', `application/octet-stream:${name}:${address}`)
}
