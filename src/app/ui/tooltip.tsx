import { useEffect, useRef } from 'react'

/**
 * The attributes that give any element a tooltip. A tooltip that only repeats the name is for eyes;
 * one that says more (`isDescription`) is also read out.
 */
export function tooltipProps(text: string, options: { isDescription?: boolean } = {}) {
  return {
    'data-tooltip': text,
    ...(options.isDescription ? { 'aria-description': text } : {}),
  }
}

/** The same for text that may be cut off: the tooltip comes only while it is. */
export function cutTextTooltipProps(text: string) {
  return { 'data-tooltip': text, 'data-tooltip-when-cut': '' }
}

/**
 * The one tooltip of the page, put beside whichever element with `tooltipProps` is hovered or focused.
 * One for all, because a tooltip component in each of a list's rows would make scrolling slow.
 */
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => (ref.current ? watchTooltips(ref.current) : undefined), [])
  return (
    <div
      ref={ref}
      // The top layer: a tooltip of a button in a dialog must not hide behind the dialog.
      popover="manual"
      aria-hidden="true"
      className="pointer-events-none fixed inset-auto m-0 max-w-64 rounded-md border-0 bg-ink px-2 py-1 text-canvas text-xs whitespace-pre-line"
    />
  )
}

const openDelayMs = 500
const gap = 6

/**
 * Shows `layer` beside the hovered or keyboard-focused element that has `data-tooltip`; Escape, a
 * press and scrolling hide it. Returns what ends the watching.
 */
function watchTooltips(layer: HTMLElement): () => void {
  const ending = new AbortController()
  let timer: number | undefined
  let owner: Element | null = null

  const hide = () => {
    window.clearTimeout(timer)
    owner = null
    if (layer.matches(':popover-open')) layer.hidePopover()
  }
  const show = (element: Element) => {
    layer.textContent = element.getAttribute('data-tooltip')
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

  const options = { signal: ending.signal, capture: true, passive: true }
  document.addEventListener(
    'pointerover',
    (event) => {
      if (event.pointerType !== 'touch') consider(event, openDelayMs)
    },
    options,
  )
  document.addEventListener(
    'focusin',
    (event) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) {
        consider(event, 0)
      } else hide()
    },
    options,
  )
  document.addEventListener('focusout', hide, options)
  document.addEventListener('pointerdown', hide, options)
  document.addEventListener('scroll', hide, options)
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), options)
  return () => {
    hide()
    ending.abort()
  }
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
