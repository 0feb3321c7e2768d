import { type FocusEvent, type ReactNode, useEffect, useRef } from 'react'
import { useMeasuredRows } from '#app/lib/virtual/use-measured-rows.ts'

export type MeasuredListProps<Item> = {
  /** Asked for the rows in sight alone: there may be thousands. */
  items: { at(index: number): Item | undefined; indexOf(id: string): number }
  count: number
  /** The accessible name of an item's row. */
  nameOf: (item: Item) => string
  renderRow: (item: Item) => ReactNode
  /** The list that an item is of, which has a head at `head`; null for a head, which stands between lists. */
  listOf: (item: Item) => { id: string; head: number; count: number } | null
}

/** Lists of thousands of rows of any height: only those in sight are in the page. Fills its parent. */
export function MeasuredList<Item extends { id: string }>(props: MeasuredListProps<Item>) {
  const { items, count, nameOf, renderRow, listOf } = props
  const { scroller, observe, rows, top, height } = useMeasuredRows({
    count,
    keyAt: (index) => items.at(index)?.id ?? '',
    indexOf: (id) => items.indexOf(id),
  })
  const renderItem = (index: number, item: Item) => {
    const list = listOf(item)
    const row = { key: item.id, ref: observe, 'data-row': item.id }
    if (!list) {
      return {
        list,
        row: (
          <div {...row} key={item.id}>
            {renderRow(item)}
          </div>
        ),
      }
    }
    return {
      list,
      row: (
        <li
          {...row}
          key={item.id}
          aria-label={nameOf(item)}
          aria-posinset={index - list.head}
          aria-setsize={list.count}
        >
          {renderRow(item)}
        </li>
      ),
    }
  }
  const parts: { list: string | null; key: string; rows: ReactNode[] }[] = []
  for (const index of rows) {
    const item = items.at(index)
    if (!item) continue
    const { list, row } = renderItem(index, item)
    const last = parts.at(-1)
    if (last && list && last.list === list.id) last.rows.push(row)
    // What stands alone is in as many lists as there are groups between.
    else parts.push({ list: list?.id ?? null, key: list?.id || `${parts.length}`, rows: [row] })
  }
  return (
    <div ref={scroller} className="scroll-area min-h-0 grow [overflow-anchor:none]">
      <div style={{ height, paddingTop: top }}>
        {parts.map((part) =>
          part.list === null ? part.rows : <ul key={`list ${part.key}`}>{part.rows}</ul>,
        )}
      </div>
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
      const row = target.closest<HTMLElement>('[data-row]')
      place.current = { element: target, row, panel: target.closest('[role="tabpanel"]') }
    },
    // Not called for an element that is taken out of the page.
    onBlur() {
      place.current = null
    },
  }
}
