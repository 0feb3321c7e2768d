import clsx from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo } from 'react'
import { Checkbox } from '#app/ui/checkbox.tsx'
import type { SortColumn, Sorting } from './arrange-entries.ts'
import { GridHeaderCell, GridRow } from './grid-parts.tsx'
import { columnsClass } from './list-columns.ts'

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
  // Largest and newest first is what a first press on these two is for.
  const isDescending = isSorted ? !sorting.isDescending : column !== 'name'
  return (
    <GridHeaderCell aria-sort={isSorted ? direction : 'none'} className={className}>
      <button
        type="button"
        onClick={() => onSort({ column, isDescending })}
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
