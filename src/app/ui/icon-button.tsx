import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { buttonTones } from './button.tsx'
import { tooltipProps } from './tooltip.tsx'

export type IconButtonProps = Omit<ComponentProps<'button'>, 'children' | 'aria-label' | 'type'> & {
  /** The accessible name, and the tooltip unless `tooltip` says more. */
  label: string
  icon: ReactNode
  tooltip?: string
  tone?: 'quiet' | 'outline'
  size?: 'small' | 'medium'
  isPressed?: boolean
  /** Why this cannot be done now. The button stays reachable, says so, and does nothing. */
  unavailableReason?: string | undefined
}

/** A button that is only an icon: it cannot be made without a name, and always has a tooltip. */
export function IconButton({
  label,
  icon,
  tooltip,
  tone = 'quiet',
  size = 'medium',
  isPressed,
  unavailableReason,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const isBlocked = unavailableReason !== undefined
  return (
    <button
      {...rest}
      {...(isBlocked
        ? tooltipProps(unavailableReason, { isDescription: true })
        : tooltipProps(tooltip ?? label))}
      type="button"
      aria-label={label}
      aria-pressed={isPressed}
      aria-disabled={isBlocked || undefined}
      onClick={isBlocked ? (event) => event.preventDefault() : onClick}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-md touch-target',
        'aria-disabled:opacity-45 disabled:opacity-45 aria-pressed:bg-pressed aria-pressed:text-ink',
        '[&_svg]:size-4 [&_svg]:shrink-0',
        size === 'small' ? 'size-7' : 'size-8',
        buttonTones[tone],
        className,
      )}
    >
      {icon}
    </button>
  )
}
