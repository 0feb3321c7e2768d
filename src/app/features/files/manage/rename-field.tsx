import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Renaming } from '#app/features/files/folder/row-marks.ts'
import { stemLength } from './stem-length.ts'

/** The text field `New name`, where a row has its name. Enter and leaving it commit, Escape takes back. */
export function RenameField({ renaming }: { renaming: Renaming }) {
  const field = useRef<HTMLInputElement>(null)
  const isDone = useRef(false)
  const [name, setName] = useState(renaming.name)
  const [error, setError] = useState(renaming.error)
  const id = useId()
  useLayoutEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(
      0,
      renaming.isFolder ? renaming.name.length : stemLength(renaming.name),
    )
  }, [renaming])

  const commit = () => {
    if (isDone.current) return
    const why = renaming.submit(name)
    setError(why)
    if (why === '') isDone.current = true
  }
  const handleKey = (event: KeyboardEvent) => {
    // The keys that move in a text are not those that move in the list.
    event.stopPropagation()
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      commit()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      isDone.current = true
      renaming.end()
    }
  }
  return (
    <div className="relative min-w-0 grow">
      <input
        ref={field}
        aria-label="New name"
        aria-invalid={error !== '' || undefined}
        aria-describedby={error === '' ? undefined : id}
        value={name}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setName(event.target.value)
          setError('')
        }}
        onKeyDown={handleKey}
        onBlur={commit}
        className={`h-7 w-full min-w-0 rounded border bg-canvas px-1.5 pointer-coarse:h-10 pointer-coarse:text-lg ${error === '' ? 'border-edge' : 'border-danger'}`}
      />
      {error !== '' && (
        <p
          id={id}
          role="alert"
          className="absolute top-full left-0 z-20 mt-1 w-max max-w-full whitespace-normal rounded-md border border-danger bg-raised px-2 py-1 text-danger text-sm shadow-float"
        >
          {error}
        </p>
      )}
    </div>
  )
}
