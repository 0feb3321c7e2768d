import { RadioGroup as RadixRadioGroup } from 'radix-ui'
import { useId } from 'react'
import { tooltipProps } from './tooltip.tsx'

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
