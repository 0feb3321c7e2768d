import type { Target } from '#app/actions/action-context.ts'
import { findDropPlace } from '#app/features/files/folder/drop-place.ts'
import { describeFolder, describeTargets } from './manage-text.ts'

/** px between the pointer and the words beside it. */
const gap = 16

/** Shows beside the pointer what letting go would do, and marks where it would go, until `signal`. */
export function showDrag(targets: readonly Target[], signal: AbortSignal): void {
  const hint = document.createElement('div')
  hint.className =
    'pointer-events-none fixed top-0 left-0 z-50 max-w-72 truncate rounded-md bg-ink px-2 py-1 text-canvas text-sm'
  hint.hidden = true
  document.body.append(hint)
  let marked: Element | null = null
  const mark = (element: Element | null) => {
    if (element === marked) return
    marked?.removeAttribute('data-dropping')
    element?.setAttribute('data-dropping', '')
    marked = element
  }
  const show = (event: DragEvent) => {
    const place = findDropPlace(event, targets)
    mark(place?.element ?? null)
    hint.hidden = !place
    if (!place) return
    const verb = place.isCopy ? 'Copy' : 'Move'
    hint.textContent = `${verb} ${describeTargets(targets)} to ${describeFolder(place.folder)}`
    const left = Math.min(event.clientX + gap, window.innerWidth - hint.offsetWidth - gap)
    hint.style.transform = `translate(${Math.max(0, left)}px, ${event.clientY + gap}px)`
  }
  document.addEventListener('dragover', show, { signal })
  signal.addEventListener('abort', () => {
    mark(null)
    hint.remove()
  })
}
