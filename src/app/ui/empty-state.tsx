import clsx from 'clsx'
import type { ReactNode } from 'react'

/** Nothing is here: what this place is for and what to do. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
  className?: string
}) {
  return (
    <div className={clsx('flex flex-col items-center gap-1 px-6 py-10 text-center', className)}>
      {icon !== undefined && (
        <div aria-hidden="true" className="mb-2 text-faint [&_svg]:size-8 [&_svg]:stroke-[1.5]">
          {icon}
        </div>
      )}
      <p className="font-medium">{title}</p>
      {children !== undefined && (
        <div className="max-w-sm text-balance text-muted text-sm">{children}</div>
      )}
      {action !== undefined && (
        <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>
      )}
    </div>
  )
}
