import type { ComponentProps, ComponentType, ReactElement } from 'react'
import type { MenuSurface } from './menu-surface.tsx'
import { usePartOnDemand } from './missing-part.tsx'
import { type TriggerElement, triggerOnDemand } from './trigger-on-demand.ts'

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
