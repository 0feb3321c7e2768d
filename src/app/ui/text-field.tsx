import clsx from 'clsx'
import { type ComponentProps, type ReactNode, useId } from 'react'

type Base = Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'ref' | 'id'>

export type TextFieldProps = Base & {
  label: string
  value: string
  onChange: (value: string) => void
  /** A quiet line under the field. */
  description?: ReactNode
  /** What is wrong and what to do; read out and tied to the field. */
  error?: ReactNode
  /** More than one makes the field a many-line one. */
  rows?: number
  /** A small icon button inside the field, at its end; for one-line fields. */
  end?: ReactNode
  ref?: React.Ref<HTMLInputElement & HTMLTextAreaElement>
}

/** A labelled text field with its description and its error. */
export function TextField({
  label,
  value,
  onChange,
  description,
  error,
  rows = 1,
  end,
  className,
  ref,
  ...rest
}: TextFieldProps) {
  const id = useId()
  const hasDescription = description !== undefined && description !== null
  const hasError = error !== undefined && error !== null && error !== ''
  const describedBy = clsx(hasDescription && `${id}-description`, hasError && `${id}-error`)
  const shared = {
    ...rest,
    id,
    value,
    ref,
    'aria-invalid': hasError || undefined,
    'aria-describedby': describedBy || undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    className: clsx(
      'w-full rounded-md border bg-canvas px-3 text-base -outline-offset-1 pointer-coarse:text-lg disabled:opacity-55',
      hasError ? 'border-danger' : 'border-edge/60 hover:border-edge',
      rows > 1 ? 'min-h-20 resize-y py-2' : 'h-9 pointer-coarse:h-11',
      end !== undefined && 'pr-10 pointer-coarse:pr-12',
      className,
    ),
  }
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      {rows > 1 ? (
        <textarea {...(shared as ComponentProps<'textarea'>)} rows={rows} />
      ) : (
        <div className="relative">
          <input {...shared} />
          <div className="absolute inset-y-0 right-1 flex items-center empty:hidden">{end}</div>
        </div>
      )}
      {hasDescription && (
        <p id={`${id}-description`} className="text-muted text-sm">
          {description}
        </p>
      )}
      {hasError && (
        <p id={`${id}-error`} role="alert" className="text-danger text-sm">
          {error}
        </p>
      )}
    </div>
  )
}
