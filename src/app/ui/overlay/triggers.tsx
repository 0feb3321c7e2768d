import { type ComponentProps, type ComponentType, cloneElement, type ReactElement } from 'react'
import { loadPart, usePartOnDemand } from '#app/ui/lazy-part.tsx'
import type { MenuSurface } from './menu-surface.tsx'
import type { PopoverProps } from './popover-surface.tsx'

export type TriggerElement = ReactElement<ComponentProps<'button'>>

/**
 * The button of something that floats, before that is there: loads it when the button is likely to be
 * pressed, and asks for it when it is.
 */
function triggerOnDemand(
  trigger: TriggerElement,
  demand: { opens: 'menu' | 'dialog'; load: () => Promise<unknown>; onWant: () => void },
): TriggerElement {
  // Where the network fails, pressing the button tries again, and that failure is shown.
  const prepare = () => void loadPart(demand.load).catch(() => {})
  return cloneElement(trigger, {
    'aria-haspopup': demand.opens,
    'aria-expanded': false,
    onPointerEnter: prepare,
    onFocus: prepare,
    onClick: demand.onWant,
    onKeyDown: (event) => {
      if (demand.opens !== 'menu' || event.key !== 'ArrowDown') return
      event.preventDefault()
      demand.onWant()
    },
  })
}

/**
 * A button that opens a menu. What floats is loaded and made when it is first wanted: it is much code
 * for the first screen, and much work in each row of a list.
 */
export function MenuOnDemand<Props extends { trigger: TriggerElement }>({
  load,
  menu,
}: {
  load: () => Promise<ComponentType<Props>>
  menu: Props
}): ReactElement {
  const { found, want } = usePartOnDemand(load)
  if (found) return <found.Part {...menu} />
  return triggerOnDemand(menu.trigger, { opens: 'menu', load, onWant: () => void want() })
}

const loadSurface = async () => (await import('./menu-surface.tsx')).MenuSurface

/** A button that opens a menu of actions. */
export function Menu(props: ComponentProps<typeof MenuSurface>): ReactElement {
  return <MenuOnDemand load={loadSurface} menu={props} />
}

const loadPopoverSurface = async () => (await import('./popover-surface.tsx')).PopoverSurface

/** A floating panel beside its trigger, for looking something up. Made when it is first wanted. */
export function Popover(props: PopoverProps): ReactElement {
  const { found, want } = usePartOnDemand(loadPopoverSurface)
  if (found) return <found.Part {...props} />
  return triggerOnDemand(props.trigger, {
    opens: 'dialog',
    load: loadPopoverSurface,
    onWant: () => void want().then(() => props.onOpenChange?.(true)),
  })
}
