import clsx from 'clsx'

/** A quiet bar in the shape of what is coming; give it the size of the text it stands for. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx('block animate-breathe rounded bg-pressed', className ?? 'h-3 w-24')}
    />
  )
}
