import type { ReactElement } from 'react'
import { usePartOnDemand } from './missing-part.tsx'
import type { PopoverProps } from './popover-surface.tsx'
import { triggerOnDemand } from './trigger-on-demand.ts'

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
