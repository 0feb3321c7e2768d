import clsx from 'clsx'
import { X } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { IconButton } from '#app/ui/button.tsx'

/** The panel `Details`: closed by its button, and while it has the keyboard by I and Escape. */
export function DetailsFrame({
  onClose,
  className,
  children,
}: {
  onClose: () => void
  className: string
  children: ReactNode
}) {
  function handleKey(event: KeyboardEvent) {
    const { key, ctrlKey, metaKey, altKey } = event
    if (ctrlKey || metaKey || altKey || !['Escape', 'i', 'I'].includes(key)) return
    // It is about the panel, and nothing around it.
    event.preventDefault()
    event.stopPropagation()
    onClose()
  }

  return (
    <aside
      aria-label="Details"
      onKeyDown={handleKey}
      className={clsx('scroll-area bg-canvas px-4 pt-2 pb-4 text-sm', className)}
    >
      <div className="flex items-center">
        <h2 className="grow font-semibold">Details</h2>
        <IconButton label="Close details" icon={<X />} size="small" onClick={onClose} />
      </div>
      {children}
    </aside>
  )
}
