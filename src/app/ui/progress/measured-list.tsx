import { useVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, type ReactNode, useEffect, useRef } from 'react'

export type MeasuredListProps<Item> = {
  items: readonly Item[]
  keyOf: (item: Item) => string
  /** The accessible name of an item's row. */
  nameOf: (item: Item) => string
  renderRow: (item: Item) => ReactNode
}

/** A guess for rows that were never in sight; each is measured when it is. */
const rowHeight = 41

/** A list of thousands of rows of any height: only those in sight are in the page. Fills its parent. */
export function MeasuredList<Item>({ items, keyOf, nameOf, renderRow }: MeasuredListProps<Item>) {
  const scrollRef = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(items[index] as Item),
    overscan: 8,
  })
  return (
    <div ref={scrollRef} className="scroll-area min-h-0 grow">
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index] as Item
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-label={nameOf(item)}
              aria-posinset={index + 1}
              aria-setsize={items.length}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              {renderRow(item)}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

type Place = { element: HTMLElement; row: HTMLElement | null; panel: HTMLElement | null }

/**
 * Keeps the keyboard's place in a list of rows whose buttons come and go, `Cancel` for `Retry`: where the
 * focused one is gone, the focus goes to what is left in its row, else to the panel around it.
 */
export function useKeptFocus() {
  const place = useRef<Place | null>(null)
  useEffect(() => {
    if (place.current === null || place.current.element.isConnected) return
    const { row, panel } = place.current
    place.current = null
    if (document.activeElement !== document.body) return
    const heirs = row?.isConnected ? row.querySelectorAll<HTMLElement>('a, button') : []
    // The last one: what can be done stands at the end of a row.
    const heir = heirs[heirs.length - 1] ?? panel
    heir?.focus({ preventScroll: true })
  })
  return {
    onFocus({ target }: FocusEvent<HTMLElement>) {
      const row = target.closest('li')
      place.current = { element: target, row, panel: target.closest('[role="tabpanel"]') }
    },
    // Not called for an element that is taken out of the page.
    onBlur() {
      place.current = null
    },
  }
}
