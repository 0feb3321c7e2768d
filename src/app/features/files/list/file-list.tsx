import { memo, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { useRowMarks } from '#app/features/files/folder/row-marks.ts'
import { type FollowedEnd, useFollowing } from '#app/features/files/folder/use-followed-end.ts'
import {
  clearSelection,
  moveTo,
  type Selection,
  select,
  toggleAll,
} from '#app/features/files/selection/selection.ts'
import { useGridFocus } from '#app/features/files/selection/use-grid-focus.ts'
import { keysOf, pressedRow, useListEvents } from '#app/features/files/selection/use-list-events.ts'
import { loadPictures, usePictures } from '#app/features/files/thumbnails/use-pictures.ts'
import { isFocusLost } from '#app/lib/browser/keyboard-focus.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { createRecycledKeys } from '#app/lib/virtual/virtual-rows.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { FileRow } from './file-row.tsx'
import { GridRows } from './grid-row.tsx'
import { ListHeader, type ListHeaderProps, SkeletonRow } from './list-header.tsx'
import { startDrag } from './start-drag.ts'
import { type FileRowsOptions, useFileRows } from './use-file-rows.ts'
import { useAwaitedRow, useMissingRows } from './use-missing-rows.ts'

// Few choose tiles: their code is not for the first screen. The widths of rows come with the pictures:
// without them the first tiles would be even, and then move.
const FileTile = memo(
  lazyPart(
    async () => (await Promise.all([import('./file-tile.tsx'), loadPictures()]))[0].FileTile,
    { first: true, otherwise: FileRow },
  ),
)

export type FileListProps = Pick<ListHeaderProps, 'sorting' | 'onSort' | 'chosen'> &
  Omit<FileRowsOptions, 'pictures'> & {
    onNearEnd: () => void
    /** A page is on its way. */
    isLoading: boolean
    /** A row in sight, or near to that, is not loaded. */
    onMissing: (index: number) => void
    followedEnd: FollowedEnd
    onSelectionChange: (selection: Selection) => void
    onOpen: (entry: Entry) => void
    /** The entry's own address in this app. */
    hrefOf: (entry: Entry) => string
    /** One folder up; null at the root. */
    onLeave: (() => void) | null
    folder: FolderPath
    canManage: boolean
  }

/** The grid `Files`: only the rows in sight exist, however many there are. */
export function FileList(props: FileListProps) {
  const { entries, selection, view, pendingFocus, onNearEnd } = props
  const isNarrow = props.isNarrow || view === 'tiles'
  const alwaysHasActions = useMediaQuery('(width < 64rem) or (pointer: coarse)')
  const pictures = usePictures(entries)
  const rows = useFileRows({ ...props, pictures })
  const { drawn, isNearEnd } = rows
  const marksOf = useRowMarks(props.folder)
  const [recycledKeys] = useState(createRecycledKeys)
  const keys = recycledKeys(drawn.map(({ index }) => entries[index]?.key ?? `skeleton ${index}`))
  const elements = drawn.map((one, at) => ({ ...one, key: keys[at] ?? at }))
  const readingOrder = keys.every((key, at) => at === 0 || key > (keys[at - 1] ?? 0))
    ? undefined
    : elements.map(({ key }) => rowId(key)).join(' ')
  useEffect(() => {
    if (isNearEnd) onNearEnd()
  }, [isNearEnd, onNearEnd])

  const { handleToggle, handleToggleAll } = useStableToggles(props)
  const ref = useGridFocus(pendingFocus)
  useListAbilities(props, rows, { handleToggle, handleToggleAll })
  const isMissing = useMissingRows(props, rows.range)
  const awaited = useAwaitedRow(props, rows)
  const onEnd = props.isSized ? () => {} : props.followedEnd.start
  const events = useListEvents({ ...props, ...rows, ...awaited, onEnd })
  useFollowing(props.scroller, props.followedEnd, {
    count: entries.length,
    goTo(index) {
      const entry = entries[index]
      if (!entry) return
      props.onSelectionChange(moveTo(selection, entry.key))
      rows.focusRow(index)
    },
  })

  return (
    // biome-ignore lint/a11y/useSemanticElements: see grid-row.tsx
    <div
      role="grid"
      aria-label="Files"
      aria-multiselectable
      aria-rowcount={props.isSized ? entries.length + 1 : -1}
      aria-busy={isMissing || undefined}
      ref={ref}
      // Without rows there is nothing else for the keyboard to stand on.
      tabIndex={entries.length === 0 ? 0 : undefined}
      className="focus-visible:-outline-offset-2"
      {...events}
      onDragStart={startDrag}
    >
      <ListHeader
        sorting={props.sorting}
        onSort={props.onSort}
        isNarrow={isNarrow}
        chosen={props.chosen}
        onToggleAll={handleToggleAll}
      />
      <GridRows className="relative" style={{ height: rows.height }} aria-owns={readingOrder}>
        <Suspense fallback={null}>
          {elements.sort(byKey).map(({ index, place, key }) => {
            const entry = entries[index]
            if (!entry) {
              return (
                <SkeletonRow
                  key={key}
                  seed={index}
                  isNarrow={isNarrow}
                  style={place}
                  className="absolute inset-x-0"
                />
              )
            }
            const Row = view === 'tiles' ? FileTile : FileRow
            return (
              <Row
                key={key}
                id={rowId(key)}
                entry={entry}
                href={props.hrefOf(entry)}
                rowIndex={index + 2}
                isSelected={selection.chosen.has(entry.key)}
                isActive={index === rows.activeIndex}
                pendingFocus={pendingFocus}
                isNarrow={isNarrow}
                alwaysHasActions={alwaysHasActions}
                {...place}
                onToggle={handleToggle}
                canManage={props.canManage}
                Picture={pictures?.Picture ?? null}
                {...marksOf(entry.key)}
              />
            )
          })}
        </Suspense>
      </GridRows>
    </div>
  )
}

/** Lends the actions what can be done with rows here. */
function useListAbilities(
  props: FileListProps,
  rows: ReturnType<typeof useFileRows>,
  { handleToggle, handleToggleAll }: ReturnType<typeof useStableToggles>,
): void {
  const { entries, selection } = props
  useAbilities({
    open: (target) => props.onOpen(target as Entry),
    ...(props.onLeave ? { goUp: props.onLeave } : {}),
    focusList: () => isFocusLost() && rows.focusRow(rows.activeIndex),
    targetOf: (element) => entries[pressedRow({ target: element }, entries)] ?? null,
    moveTo: ({ key }) => props.onSelectionChange(moveTo(selection, key)),
    isSelected: ({ key }) => selection.chosen.has(key),
    addressOf: (target) => new URL(props.hrefOf(target as Entry), location.href).href,
    toggle: ({ key }) => handleToggle(key, { isRange: false }),
    reveal(key, keepsSelection) {
      const index = entries.findIndex((entry) => entry?.key === key)
      if (index < 0) return false
      // The focus comes at once to a row that is drawn, and moves the selection of this moment.
      rows.focusRow(index)
      const only = { mode: 'only', order: [] } as const
      props.onSelectionChange(
        keepsSelection ? moveTo(selection, key) : select(selection, key, only),
      )
      return true
    },
    selectAll: handleToggleAll,
    ...(selection.chosen.size > 0
      ? { clearSelection: () => props.onSelectionChange(clearSelection(selection)) }
      : {}),
  })
}

/*
 * In the page the rows stand in the order of their keys, which never changes: an element that is moved is
 * laid out and painted anew, as if it were made. `aria-owns` tells the order in which they are seen.
 */
const byKey = (one: { key: number }, other: { key: number }) => one.key - other.key
const rowId = (key: number) => `file-row-${key}`

/** Rows are compared by their props: what they are given must not be new each time. */
function useStableToggles(props: FileListProps) {
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const handleToggle = useCallback((key: string, { isRange }: { isRange: boolean }) => {
    const { entries, selection, onSelectionChange } = latest.current
    const mode = isRange ? 'range' : 'toggle'
    onSelectionChange(select(selection, key, { mode, order: keysOf(entries) }))
  }, [])
  const handleToggleAll = useCallback(() => {
    const { entries, selection, onSelectionChange } = latest.current
    onSelectionChange(toggleAll(selection, keysOf(entries)))
  }, [])
  return { handleToggle, handleToggleAll }
}
