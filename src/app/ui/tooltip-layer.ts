import { formatExactTime } from '#app/lib/format.ts'

const openDelayMs = 500
const gap = 6

/**
 * Shows a tooltip beside the hovered or keyboard-focused element that has `data-tooltip`; Escape, a press
 * and scrolling hide it. `first` is the event that the code was loaded for; `signal` ends the watching.
 */
export function watchTooltips(first: Event, signal: AbortSignal): void {
  const layer = document.createElement('div')
  // The top layer: a tooltip of a button in a dialog must not hide behind the dialog.
  layer.popover = 'manual'
  layer.ariaHidden = 'true'
  layer.className =
    'pointer-events-none fixed inset-auto m-0 max-w-64 rounded-md border-0 bg-ink px-2 py-1 text-canvas text-xs whitespace-pre-line'
  document.body.append(layer)
  let timer: number | undefined
  let owner: Element | null = null

  const hide = () => {
    window.clearTimeout(timer)
    owner = null
    if (layer.matches(':popover-open')) layer.hidePopover()
  }
  const show = (element: Element) => {
    const text = element.getAttribute('data-tooltip') ?? ''
    layer.textContent = element.hasAttribute('data-tooltip-time') ? formatExactTime(text) : text
    if (!layer.textContent || !element.isConnected || isNotNeeded(element)) return
    layer.showPopover()
    place(layer, element.getBoundingClientRect())
  }
  const consider = (event: Event, delayMs: number) => {
    const element = event.target instanceof Element ? event.target.closest('[data-tooltip]') : null
    if (element === owner) return
    // Once one is open, its neighbours open at once: moving along a toolbar should not stutter.
    const delay = layer.matches(':popover-open') ? 0 : delayMs
    hide()
    owner = element
    if (element) timer = window.setTimeout(() => show(element), delay)
  }

  const handleOver = (event: Event) => {
    if ((event as PointerEvent).pointerType !== 'touch') consider(event, openDelayMs)
  }
  const handleFocus = (event: Event) => {
    if (event.target instanceof Element && event.target.matches(':focus-visible')) {
      consider(event, 0)
    } else hide()
  }
  const options = { signal, capture: true, passive: true }
  document.addEventListener('pointerover', handleOver, options)
  document.addEventListener('focusin', handleFocus, options)
  document.addEventListener('focusout', hide, options)
  document.addEventListener('pointerdown', hide, options)
  document.addEventListener('scroll', hide, options)
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), options)
  signal.addEventListener('abort', () => {
    window.clearTimeout(timer)
    layer.remove()
  })
  const { target } = first
  if (!(target instanceof Element)) return
  if (first.type === 'focusin' && target.contains(document.activeElement)) handleFocus(first)
  else if (target.matches(':hover')) handleOver(first)
}

function isNotNeeded(element: Element): boolean {
  // What it opened says more, and may be under the tooltip.
  if (element.matches('[aria-haspopup][aria-expanded="true"]')) return true
  if (!element.hasAttribute('data-tooltip-when-cut')) return false
  return ![element, ...element.querySelectorAll('*')].some(
    (part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0,
  )
}

function place(layer: HTMLElement, anchor: DOMRect): void {
  const { width, height } = layer.getBoundingClientRect()
  const left = Math.min(
    Math.max(anchor.left + anchor.width / 2 - width / 2, gap),
    Math.max(window.innerWidth - width - gap, gap),
  )
  const below = anchor.bottom + gap
  const fitsBelow = below + height + gap < window.innerHeight
  layer.style.left = `${left}px`
  layer.style.top = `${fitsBelow ? below : anchor.top - height - gap}px`
}
