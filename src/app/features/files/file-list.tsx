import { memo, Suspense, useCallback, useEffect, useRef } from 'react'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { Entry } from './entry.ts'
import { FileRow } from './file-row.tsx'
import { GridRows } from './grid-parts.tsx'
import { ListHeader, type ListHeaderProps } from './list-header.tsx'
import { SkeletonRow } from './list-skeleton.tsx'
import { type Selection, select, toggleAll } from './selection.ts'
import { type FileRowsParts, useFileRows } from './use-file-rows.ts'
import { useListEvents } from './use-list-events.ts'

// Few choose tiles: their code is not for the first screen.
const FileTile = memo(
  lazyPart(async () => (await import('./file-tile.tsx')).FileTile, { otherwise: FileRow }),
)

export type FileListProps = Pick<ListHeaderProps, 'sorting' | 'onSort'> &
  FileRowsParts & {
    onNearEnd: () => void
    onSelectionChange: (selection: Selection) => void
    onOpen: (entry: Entry, how: { byKeyboard: boolean }) => void
    /** One folder up. */
    onLeave: () => void
  }

/** The grid `Files`: only the rows in sight exist, however many there are. */
export function FileList(props: FileListProps) {
  const { entries, selection, onSelectionChange, view, focusWish, onNearEnd } = props
  const isNarrow = props.isNarrow || view === 'tiles'
  const rows = useFileRows(props)
  const { isNearEnd } = rows
  useEffect(() => {
    if (isNearEnd) onNearEnd()
  }, [isNearEnd, onNearEnd])

  const events = useListEvents({ ...props, focusRow: rows.focusRow, shape: rows.shape })
  const handleToggle = useStableToggle(props)
  const chosenRows = entries.filter((entry) => selection.chosen.has(entry.key)).length

  return (
    // biome-ignore lint/a11y/useSemanticElements: see grid-parts.tsx
    <div
      role="grid"
      aria-label="Files"
      aria-multiselectable
      aria-rowcount={props.isComplete ? entries.length + 1 : -1}
      {...events}
    >
      <ListHeader
        sorting={props.sorting}
        onSort={props.onSort}
        isNarrow={isNarrow}
        chosen={chosenRows === 0 ? false : chosenRows === entries.length || 'mixed'}
        onToggleAll={() =>
          onSelectionChange(
            toggleAll(
              selection,
              entries.map((entry) => entry.key),
            ),
          )
        }
      />
      <GridRows className="relative" style={{ height: rows.height }}>
        <Suspense fallback={null}>
          {rows.drawn.map(({ index, place }) => {
            const entry = entries[index]
            if (!entry) {
              return (
                <SkeletonRow
                  key={`skeleton ${index}`}
                  seed={index}
                  isNarrow={isNarrow}
                  style={{ height: place.height, transform: `translateY(${place.top}px)` }}
                  className="absolute inset-x-0 top-0"
                />
              )
            }
            const Row = view === 'tiles' ? FileTile : FileRow
            return (
              <Row
                key={entry.key}
                entry={entry}
                rowIndex={index + 2}
                isSelected={selection.chosen.has(entry.key)}
                isActive={index === rows.activeIndex}
                focusWish={focusWish}
                isNarrow={isNarrow}
                {...place}
                onToggle={handleToggle}
              />
            )
          })}
        </Suspense>
      </GridRows>
    </div>
  )
}

/** Rows are compared by their props: what they are given must not be new each time. */
function useStableToggle({ entries, selection, onSelectionChange }: FileListProps) {
  const latest = useRef({ entries, selection, onSelectionChange })
  useEffect(() => {
    latest.current = { entries, selection, onSelectionChange }
  })
  return useCallback((key: string, { isRange }: { isRange: boolean }) => {
    const now = latest.current
    const order = now.entries.map((entry) => entry.key)
    const mode = isRange ? 'range' : 'toggle'
    now.onSelectionChange(select(now.selection, key, { mode, order }))
  }, [])
}
