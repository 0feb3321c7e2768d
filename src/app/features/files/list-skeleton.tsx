import clsx from 'clsx'
import type { CSSProperties } from 'react'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { columnsClass, rowHeight } from './list-columns.ts'

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
