import clsx from 'clsx'
import type { ComponentProps } from 'react'

export type CheckboxProps = Omit<
  ComponentProps<'input'>,
  'type' | 'onChange' | 'checked' | 'ref'
> & {
  /** The accessible name; put visible words beside it where there are none. */
  label: string
  checked: boolean | 'mixed'
  /** `isRange`: Shift was held, as for choosing all between two. */
  onChange: (checked: boolean, how: { isRange: boolean }) => void
}

// Half-ticked exists only as a property, not as an attribute. The same functions each time: another one
// would be called for every checkbox that is drawn again.
const mixed = (input: HTMLInputElement | null) => setMixed(input, true)
const whole = (input: HTMLInputElement | null) => setMixed(input, false)

function setMixed(input: HTMLInputElement | null, isMixed: boolean) {
  if (input) input.indeterminate = isMixed
}

/** The browser's own checkbox: hundreds of them must scroll smoothly. */
export function Checkbox({ label, checked, onChange, className, ...rest }: CheckboxProps) {
  return (
    <input
      {...rest}
      type="checkbox"
      aria-label={label}
      checked={checked === true}
      ref={checked === 'mixed' ? mixed : whole}
      onChange={(event) => {
        const { nativeEvent } = event
        const isRange = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey
        onChange(event.target.checked, { isRange })
      }}
      className={clsx('checkbox shrink-0', className)}
    />
  )
}
