import clsx from 'clsx'
import { CircleAlert, Info } from 'lucide-react'
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

/** What happened and the one next step. `danger` interrupts a screen reader, `notice` waits its turn. */
export function Alert({
  title,
  children,
  tone = 'danger',
  action,
  className,
}: {
  title: string
  children?: ReactNode
  tone?: 'danger' | 'notice'
  action?: ReactNode
  className?: string
}) {
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'status'}
      className={clsx(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg px-3 py-2.5',
        tone === 'danger' ? 'bg-danger-soft' : 'bg-sunken',
        className,
      )}
    >
      <span aria-hidden="true" className={tone === 'danger' ? 'text-danger' : 'text-muted'}>
        {tone === 'danger' ? <CircleAlert className="size-4" /> : <Info className="size-4" />}
      </span>
      <div className="min-w-0 grow basis-48">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="text-muted text-sm">{children}</div>}
      </div>
      {action}
    </div>
  )
}
