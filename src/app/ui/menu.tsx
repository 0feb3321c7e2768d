import { type ReactElement, type ReactNode, Suspense, useState } from 'react'
import { lazyPart } from './lazy-part.tsx'
import { type TriggerElement, triggerOnDemand } from './trigger-on-demand.ts'

export type MenuItem = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  /** Why this cannot be done now; the item stays readable and does nothing. */
  unavailableReason?: string | undefined
}

export type MenuProps = {
  /** A `Button` or `IconButton`. */
  trigger: TriggerElement
  items: readonly MenuItem[]
  align?: 'start' | 'end'
}

const loadSurface = () => import('./menu-surface.tsx')
const MenuSurface = lazyPart(async () => (await loadSurface()).MenuSurface)

/**
 * A button that opens a list of actions. What floats is made when it is first wanted: it is much
 * code for the first screen, and much work in each row of a list.
 */
export function Menu(props: MenuProps): ReactElement {
  const [isWanted, setIsWanted] = useState(false)
  const button = triggerOnDemand(props.trigger, {
    opens: 'menu',
    load: loadSurface,
    onWant: () => setIsWanted(true),
  })
  if (!isWanted) return button
  return (
    <Suspense fallback={button}>
      <MenuSurface {...props} />
    </Suspense>
  )
}
