import clsx from 'clsx'
import { memo, useEffect, useRef } from 'react'
import { formatBytes } from '#app/lib/format-bytes.ts'
import { formatDay, formatExactTime } from '#app/lib/format-date.ts'
import { visibleName } from '#app/lib/visible-name.ts'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { cutTextTooltipProps, tooltipProps } from '#app/ui/tooltip.tsx'
import type { Entry } from './entry.ts'
import { FileActions } from './file-actions.tsx'
import { FileIcon } from './file-icon.tsx'
import { GridCell, GridRow } from './grid-parts.tsx'
import { columnsClass } from './list-columns.ts'
import type { EntryPlace } from './use-file-rows.ts'

export type RowProps = EntryPlace & {
  entry: Entry
  /** From 1; the header is row 1. */
  rowIndex: number
  isSelected: boolean
  /** The row that Tab reaches. */
  isActive: boolean
  /** Set by the list when the keyboard moves: the row takes the focus once it is there. */
  focusWish: { current: boolean }
  isNarrow: boolean
  onToggle: (key: string, how: { isRange: boolean }) => void
}

/** One folder or file in the list. Its presses and keys are handled by the grid around it. */
export const FileRow = memo(function FileRow(props: RowProps) {
  const { entry, rowIndex, isSelected, isActive, isNarrow, onToggle } = props
  const ref = useRowFocus(props)
  const tabIndex = isActive ? 0 : -1
  return (
    <GridRow
      ref={ref}
      aria-rowindex={rowIndex}
      aria-label={entry.name || visibleName(entry.name)}
      aria-selected={isSelected}
      tabIndex={tabIndex}
      data-key={entry.key}
      style={{ height: props.height, transform: `translateY(${props.top}px)` }}
      className={clsx(
        'group absolute inset-x-0 top-0 grid items-center border-line/70 border-b px-3 select-none focus-visible:-outline-offset-2',
        columnsClass(isNarrow),
        isSelected ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <GridCell className="flex items-center justify-center self-stretch" data-part="check">
        <Checkbox
          label={`Select ${visibleName(entry.name)}`}
          checked={isSelected}
          tabIndex={tabIndex}
          onChange={(_, how) => onToggle(entry.key, how)}
          className={clsx(!isSelected && quietCheck)}
        />
      </GridCell>
      <GridCell className="flex min-w-0 items-center gap-2.5">
        <FileIcon entry={entry} />
        <div className="min-w-0">
          <NameText name={entry.name} />
          {isNarrow && <p className="truncate text-muted text-xs">{describeEntry(entry)}</p>}
        </div>
      </GridCell>
      {!isNarrow && <Details entry={entry} />}
      <GridCell data-part="actions">
        {entry.kind === 'file' && (
          <FileActions entry={entry} tabIndex={tabIndex} isCompact={isNarrow} />
        )}
      </GridCell>
    </GridRow>
  )
})

/** Out of the way until the row is meant: a column of empty boxes is noise. Fingers cannot hover. */
export const quietCheck =
  'opacity-0 focus-visible:opacity-100 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:opacity-100'

function Details({ entry }: { entry: Entry }) {
  const size = entry.kind === 'file' ? formatBytes(entry.size) : ''
  return (
    <>
      <GridCell className="truncate pr-4 text-right text-muted">
        <span {...cutTextTooltipProps(size)}>{size}</span>
      </GridCell>
      <GridCell className="truncate text-muted">
        {entry.kind === 'file' && (
          <span {...tooltipProps(formatExactTime(entry.uploadedAt))}>
            {formatDay(entry.uploadedAt)}
          </span>
        )}
      </GridCell>
    </>
  )
}

function describeEntry(entry: Entry): string {
  if (entry.kind === 'folder') return 'Folder'
  return `${formatBytes(entry.size)} · ${formatDay(entry.uploadedAt)}`
}

/** Focus follows the keyboard to a row that may only be drawn after the list has scrolled to it. */
export function useRowFocus({ isActive, focusWish }: Pick<RowProps, 'isActive' | 'focusWish'>) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isActive || !focusWish.current) return
    focusWish.current = false
    ref.current?.focus({ preventScroll: true })
  }, [isActive, focusWish])
  return ref
}
