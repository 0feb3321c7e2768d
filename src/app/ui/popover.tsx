import type { ReactElement } from 'react'
import { usePartOnDemand } from './missing-part.tsx'
import type { PopoverProps } from './popover-surface.tsx'
import { triggerOnDemand } from './trigger-on-demand.ts'

const loadSurface = async () => (await import('./popover-surface.tsx')).PopoverSurface

/** A floating panel beside its trigger, for looking something up. Made when it is first wanted. */
export function Popover(props: PopoverProps): ReactElement {
  const { found, want } = usePartOnDemand(loadSurface)
  if (found) return <found.Part {...props} />
  return triggerOnDemand(props.trigger, {
    opens: 'dialog',
    load: loadSurface,
    onWant: () => void want().then(() => props.onOpenChange?.(true)),
  })
}
