import clsx from 'clsx'
import { Search, X } from 'lucide-react'
import type { RefObject } from 'react'
import { flushSync } from 'react-dom'
import { IconButton } from '#app/ui/button.tsx'

/** The searchbox `Filter files`. `/` puts the keyboard into it; Escape empties and leaves it. */
export function FileFilter({
  ref,
  value,
  onChange,
  onLeave,
}: {
  ref: RefObject<HTMLInputElement | null>
  value: string
  onChange: (value: string) => void
  onLeave: () => void
}) {
  return (
    <div className="relative flex min-w-0 grow items-center short:w-28 max-[30rem]:short:w-16 lg:w-28 xl:w-56">
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute left-2.5 size-4 text-faint max-[26rem]:hidden"
      />
      <input
        ref={ref}
        type="search"
        aria-label="Filter files"
        aria-keyshortcuts="/"
        placeholder="Filter"
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          // Who presses it again is not sure about the first time, and no name has a slash in it.
          if (event.key === '/' && value === '') event.preventDefault()
          if (event.key !== 'Escape') return
          event.preventDefault()
          flushSync(() => onChange(''))
          onLeave()
        }}
        className={clsx(
          'peer h-8 w-full min-w-0 rounded-md border border-line bg-canvas pr-8 pl-8 max-[26rem]:pl-2.5 hover:border-edge/60 pointer-coarse:h-11 pointer-coarse:text-lg [&::-webkit-search-cancel-button]:hidden',
          value === '' && 'max-[26rem]:pr-1',
        )}
      />
      {value === '' ? (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute right-2 rounded border border-line px-1.5 font-sans text-faint text-xs peer-focus:hidden pointer-coarse:hidden"
        >
          /
        </span>
      ) : (
        <IconButton
          label="Clear filter"
          icon={<X />}
          size="small"
          onClick={() => {
            onChange('')
            ref.current?.focus()
          }}
          className="absolute right-0.5"
        />
      )}
    </div>
  )
}
