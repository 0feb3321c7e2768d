import clsx from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, memo } from 'react'
import {
  nextSorting,
  type SortColumn,
  type Sorting,
} from '#app/features/files/folder/arrange-entries.ts'
import { Checkbox } from '#app/ui/checkbox.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { columnsClass, GridHeaderCell, GridRow, rowHeight } from './grid-row.tsx'

export type ListHeaderProps = {
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  /** Whether all, some or none of the folder's rows are chosen; all of them only where all are loaded. */
  chosen: boolean | 'mixed'
  onToggleAll: () => void
  isNarrow: boolean
}

/** The first row of the grid: what the columns are, how they are sorted, and all or nothing. */
export const ListHeader = memo(function ListHeader(props: ListHeaderProps) {
  const { sorting, onSort, chosen, onToggleAll, isNarrow } = props
  const sortProps = (column: SortColumn) => ({
    column,
    sorting,
    onSort,
  })
  return (
    <GridRow
      aria-rowindex={1}
      className={clsx(
        'sticky top-0 z-10 short:static grid h-9 shrink-0 items-center border-line border-b bg-canvas px-3 text-muted text-sm',
        columnsClass(isNarrow),
      )}
    >
      <GridHeaderCell className="flex items-center justify-center">
        <Checkbox label="Select all" checked={chosen} onChange={onToggleAll} />
      </GridHeaderCell>
      <SortHeader {...sortProps('name')} label="Name" />
      {!isNarrow && (
        <>
          <SortHeader {...sortProps('size')} label="Size" className="justify-self-end pr-4" />
          <SortHeader {...sortProps('uploaded')} label="Uploaded" />
        </>
      )}
      <GridHeaderCell className="sr-only">Actions</GridHeaderCell>
    </GridRow>
  )
})

function SortHeader({
  column,
  label,
  sorting,
  onSort,
  className,
}: {
  column: SortColumn
  label: string
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  className?: string
}) {
  const isSorted = sorting.column === column
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  const Arrow = sorting.isDescending ? ArrowDown : ArrowUp
  return (
    <GridHeaderCell aria-sort={isSorted ? direction : 'none'} className={className}>
      <button
        type="button"
        onClick={() => onSort(nextSorting(sorting, column))}
        className={clsx(
          '-mx-1.5 flex h-7 items-center gap-1 rounded-md px-1.5 hover:bg-hover hover:text-ink [&_svg]:size-3.5',
          isSorted && 'font-medium text-ink',
        )}
      >
        {label}
        {isSorted && <Arrow aria-hidden="true" />}
      </button>
    </GridHeaderCell>
  )
}

const nameWidths = ['w-48', 'w-64', 'w-40', 'w-56', 'w-72', 'w-52']

/** Rows that are on their way, where they will be. */
export function ListSkeleton({ rows, isNarrow }: { rows: number; isNarrow: boolean }) {
  return Array.from({ length: rows }, (_, index) => (
    <SkeletonRow
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      key={index}
      seed={index}
      isNarrow={isNarrow}
      style={{ height: rowHeight(isNarrow) }}
    />
  ))
}

export function SkeletonRow({
  seed,
  isNarrow,
  style,
  className,
}: {
  seed: number
  isNarrow: boolean
  style: CSSProperties
  className?: string
}) {
  return (
    <div
      aria-hidden="true"
      style={style}
      className={clsx(
        'grid items-center border-line/70 border-b px-3',
        columnsClass(isNarrow),
        className,
      )}
    >
      <span />
      <div className="flex min-w-0 items-center gap-2.5">
        <Skeleton className="size-4.5 shrink-0" />
        <Skeleton className={clsx('h-3 max-w-full', nameWidths[seed % nameWidths.length])} />
      </div>
      {!isNarrow && (
        <>
          <Skeleton className="mr-4 h-3 w-14 justify-self-end" />
          <Skeleton className="h-3 w-20" />
        </>
      )}
    </div>
  )
}
