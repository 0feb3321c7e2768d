import { RadioGroup as RadixRadioGroup, Switch as RadixSwitch } from 'radix-ui'
import { type ReactNode, useId } from 'react'
import { tooltipProps } from './tooltip.ts'

export type RadioOption<Value extends string> = {
  value: Value
  label: string
  unavailableReason?: string | undefined
}

/** One of a few, all of them in sight, as a row of segments that wraps when it is narrow. */
export function RadioGroup<Value extends string>({
  label,
  value,
  onChange,
  options,
  disabled = false,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: readonly RadioOption<Value>[]
  disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <span id={id} className="font-medium text-sm">
        {label}
      </span>
      <RadixRadioGroup.Root
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        disabled={disabled}
        orientation="horizontal"
        className="flex flex-wrap gap-1"
      >
        {options.map((option) => (
          <RadixRadioGroup.Item
            key={option.value}
            value={option.value}
            disabled={option.unavailableReason !== undefined}
            {...(option.unavailableReason
              ? tooltipProps(option.unavailableReason, { isDescription: true })
              : {})}
            className="h-8 touch-target rounded-md border border-line px-3 text-base hover:bg-hover disabled:opacity-55 data-[state=checked]:border-accent data-[state=checked]:bg-selected data-[state=checked]:font-medium"
          >
            {option.label}
          </RadixRadioGroup.Item>
        ))}
      </RadixRadioGroup.Root>
    </div>
  )
}

/** On or off, effective at once. The whole line can be pressed. */
export function Switch({
  label,
  description,
  checked,
  onChange,
  disabled = false,
}: {
  label: string
  description?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="flex min-h-8 items-center gap-3 pointer-coarse:min-h-11">
      <label htmlFor={id} className="min-w-0 grow">
        {label}
        {description !== undefined && (
          <span id={`${id}-description`} aria-hidden="true" className="block text-muted text-sm">
            {description}
          </span>
        )}
      </label>
      <RadixSwitch.Root
        id={id}
        aria-label={label}
        {...(description === undefined ? {} : { 'aria-describedby': `${id}-description` })}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        className="h-5 w-9 shrink-0 rounded-full border border-edge bg-pressed transition-colors disabled:opacity-55 data-[state=checked]:border-accent data-[state=checked]:bg-fill"
      >
        <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-muted transition-transform data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-on-fill" />
      </RadixSwitch.Root>
    </div>
  )
}
