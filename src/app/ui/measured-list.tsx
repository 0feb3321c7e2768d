import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'

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
