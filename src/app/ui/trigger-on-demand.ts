import { type ComponentProps, cloneElement, type ReactElement } from 'react'

export type TriggerElement = ReactElement<ComponentProps<'button'>>

/**
 * The button of something that floats, before that is there: loads it when the button is likely to be
 * pressed, and asks for it when it is.
 */
export function triggerOnDemand(
  trigger: TriggerElement,
  demand: { opens: 'menu' | 'dialog'; load: () => Promise<unknown>; onWant: () => void },
): TriggerElement {
  // Where the network fails, pressing the button tries again, and that failure is shown.
  const prepare = () => void demand.load().catch(() => {})
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
