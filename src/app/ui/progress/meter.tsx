import clsx from 'clsx'

/** How much of a fixed amount is left or used, as a bar or a small ring. */
export function Meter({
  label,
  value,
  max,
  valueText,
  isLow = false,
  appearance = 'bar',
  className,
}: {
  label: string
  value: number
  max: number
  /** What is read out instead of the bare number: `47 of 60`. */
  valueText?: string
  isLow?: boolean
  appearance?: 'bar' | 'ring'
  className?: string
}) {
  const share = max > 0 ? Math.min(Math.max(value / max, 0), 1) : 0
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn as a ring
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={max}
      {...(valueText === undefined ? {} : { 'aria-valuetext': valueText })}
      className={className}
    >
      {appearance === 'ring' ? (
        <svg aria-hidden="true" viewBox="0 0 20 20" className="size-5 -rotate-90" fill="none">
          <circle cx="10" cy="10" r="7.5" className="stroke-pressed" strokeWidth="4" />
          <circle
            cx="10"
            cy="10"
            r="7.5"
            pathLength="1"
            strokeDasharray={`${share} 1`}
            strokeWidth="4"
            className={isLow ? 'stroke-danger' : 'stroke-accent'}
          />
        </svg>
      ) : (
        <div className="h-1.5 overflow-hidden rounded-full bg-pressed">
          <div
            className={clsx('h-full rounded-full', isLow ? 'bg-danger' : 'bg-accent')}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
    </div>
  )
}
