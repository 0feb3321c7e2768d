import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { tooltipProps } from './tooltip.ts'

/** A small turning ring for buttons; where a shape is known, use a skeleton instead. */
function Spinner() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" fill="none" className="size-4 animate-spin">
      <circle cx="8" cy="8" r="6" stroke="currentColor" strokeWidth="2" opacity="0.25" />
      <path d="M14 8a6 6 0 0 0-6-6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}

export type ButtonProps = Omit<ComponentProps<'button'>, 'type'> & {
  /** `primary` once a screen at most; `outline` beside it; `quiet` in bars and rows. */
  tone?: 'primary' | 'outline' | 'quiet' | 'danger'
  size?: 'small' | 'medium'
  type?: 'button' | 'submit'
  icon?: ReactNode
  /** Work is under way: the button stays where it is and cannot be pressed again. */
  isPending?: boolean
  /** Why this cannot be done now. The button stays reachable, says so, and does nothing. */
  unavailableReason?: string | undefined
}

export const buttonTones = {
  primary: 'bg-fill text-on-fill hover:bg-fill-hover active:bg-fill-hover font-medium',
  outline: 'border border-line bg-raised hover:bg-hover active:bg-pressed',
  quiet: 'text-muted hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'bg-danger-soft text-danger hover:bg-danger hover:text-canvas font-medium',
} as const

const sizes = {
  small: 'h-7 px-2 text-sm gap-1.5',
  medium: 'h-8 px-3 text-base gap-2',
} as const

/** A button with words. For a bare icon use `IconButton`. */
export function Button({
  tone = 'outline',
  size = 'medium',
  type = 'button',
  icon,
  isPending = false,
  unavailableReason,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const isBlocked = isPending || unavailableReason !== undefined
  return (
    <button
      {...rest}
      {...(unavailableReason ? tooltipProps(unavailableReason, { isDescription: true }) : {})}
      // aria-disabled instead of disabled: the reason must be reachable by keyboard and screen reader.
      aria-disabled={isBlocked || undefined}
      aria-busy={isPending || undefined}
      type={isBlocked ? 'button' : type}
      onClick={isBlocked ? (event) => event.preventDefault() : onClick}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md select-none touch-target',
        'aria-disabled:opacity-55 disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
        buttonTones[tone],
        sizes[size],
        className,
      )}
    >
      {isPending ? <Spinner /> : icon}
      {children}
    </button>
  )
}

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
