import clsx from 'clsx'
import { Progress } from 'radix-ui'

export type ProgressTone = 'accent' | 'success' | 'danger' | 'idle'

/** How far something is. `value` from 0 to 1, rounded down: full is done. Null while nobody knows. */
export function ProgressBar({
  label,
  value,
  tone = 'accent',
  className,
}: {
  label: string
  value: number | null
  tone?: ProgressTone
  className?: string
}) {
  const percent = value === null ? null : Math.floor(Math.min(Math.max(value, 0), 1) * 100)
  return (
    <Progress.Root
      value={percent}
      aria-label={label}
      className={clsx('h-1.5 overflow-hidden rounded-full bg-pressed', className)}
    >
      <Progress.Indicator
        className={clsx(
          'h-full origin-left rounded-full transition-[width] duration-200 ease-linear',
          percent === null && 'animate-breathe',
          tones[tone],
        )}
        style={{ width: percent === null ? '35%' : `${percent}%` }}
      />
    </Progress.Root>
  )
}

const tones = {
  accent: 'bg-accent',
  success: 'bg-success',
  danger: 'bg-danger',
  idle: 'bg-edge',
} as const
