import { type ReactElement, Suspense, useState } from 'react'
import { lazyPart } from './lazy-part.tsx'
import type { MenuProps } from './menu-surface.tsx'
import { triggerOnDemand } from './trigger-on-demand.ts'

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
