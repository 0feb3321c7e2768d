import { type MouseEvent, type PointerEvent, Suspense, useEffect, useRef, useState } from 'react'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { currentContext, type Target, useAbilities } from './action-context.ts'

const ContextMenu = lazyPart(async () => (await import('./context-menu.tsx')).ContextMenu, {
  floats: true,
})

const longPressMs = 550
/** px. A finger is never quite still. */
const slack = 10

type Open = { at: { x: number; y: number }; targets: readonly Target[] }

/**
 * The context menu of an area with rows: by the right button, by its keys and by a long press. About the
 * selection where it is opened on a row of that, else about the row, else about the list.
 */
export function useContextMenu(selected: readonly Target[]) {
  const [open, setOpen] = useState<Open | null>(null)
  const show = (element: Element, at: Open['at']) => {
    const { targetOf, moveTo } = currentContext()
    const row = targetOf?.(element)
    if (!row) return setOpen({ at, targets: [] })
    moveTo?.(row)
    const isSelected = selected.some(({ key }) => key === row.key)
    setOpen({ at, targets: isSelected ? selected : [row] })
  }
  useAbilities({
    openMenu(element) {
      const { left, bottom, width } = element.getBoundingClientRect()
      // The keys do not say where: under the name of the row, or in the middle of what has no rows.
      show(element, { x: left + Math.min(width / 2, 96), y: bottom - 8 })
    },
  })
  const longPress = useLongPress(show)
  return {
    areaProps: {
      ...longPress,
      onContextMenu(event: MouseEvent) {
        event.preventDefault()
        longPress.onPointerCancel()
        // Browsers send this for the keys as well, after those were answered.
        if (event.button !== -1 && event.target instanceof Element) {
          show(event.target, { x: event.clientX, y: event.clientY })
        }
      },
    },
    element: open && (
      <Suspense fallback={null}>
        <ContextMenu
          key={`${open.at.x} ${open.at.y}`}
          at={open.at}
          context={currentContext(open.targets)}
          onClose={() => setOpen(null)}
        />
      </Suspense>
    ),
  }
}

/** Some browsers send `contextmenu` for a finger that stays, others never do. */
function useLongPress(onLongPress: (element: Element, at: Open['at']) => void) {
  const press = useRef({ timer: 0, x: 0, y: 0 })
  const cancel = () => window.clearTimeout(press.current.timer)
  useEffect(() => () => window.clearTimeout(press.current.timer), [])
  return {
    onPointerDown({ pointerType, target, clientX: x, clientY: y }: PointerEvent) {
      cancel()
      if (pointerType === 'mouse' || !(target instanceof Element)) return
      const timer = window.setTimeout(() => {
        swallowClick()
        onLongPress(target, { x, y })
      }, longPressMs)
      press.current = { timer, x, y }
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      const { x, y } = press.current
      if (Math.hypot(clientX - x, clientY - y) > slack) cancel()
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
  }
}

/** The finger that goes up after a long press would open the row. */
function swallowClick(): void {
  const ending = new AbortController()
  const options = { capture: true, signal: ending.signal }
  const swallow = (event: Event) => {
    event.preventDefault()
    event.stopPropagation()
  }
  // The mouse that browsers make of a finger would also take the focus, and so close the menu.
  for (const kind of ['mousedown', 'click']) document.addEventListener(kind, swallow, options)
  document.addEventListener('pointerdown', () => ending.abort(), options)
}
