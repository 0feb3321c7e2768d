import { type ReactElement, type ReactNode, Suspense, useState } from 'react'
import { lazyPart } from './lazy-part.tsx'
import { type TriggerElement, triggerOnDemand } from './trigger-on-demand.ts'

export type PopoverProps = {
  /** A `Button` or `IconButton`. */
  trigger: TriggerElement
  /** The panel's accessible name. */
  label: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'right' | 'bottom' | 'left'
  isOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
  className?: string
}

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
