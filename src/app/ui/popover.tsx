import { type ReactElement, Suspense, useState } from 'react'
import { lazyPart } from './lazy-part.tsx'
import type { PopoverProps } from './popover-surface.tsx'
import { triggerOnDemand } from './trigger-on-demand.ts'

const loadSurface = () => import('./popover-surface.tsx')
const PopoverSurface = lazyPart(async () => (await loadSurface()).PopoverSurface)

/** A floating panel beside its trigger, for looking something up. Made when it is first wanted. */
export function Popover(props: PopoverProps): ReactElement {
  const [isWanted, setIsWanted] = useState(false)
  const button = triggerOnDemand(props.trigger, {
    opens: 'dialog',
    load: loadSurface,
    onWant: () => {
      setIsWanted(true)
      props.onOpenChange?.(true)
    },
  })
  if (!isWanted && !props.isOpen) return button
  return (
    <Suspense fallback={button}>
      <PopoverSurface {...props} />
    </Suspense>
  )
}
