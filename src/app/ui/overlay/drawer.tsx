import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'

/** A panel that slides in from the left over the page; Escape and a press beside it close it. */
export function Drawer({
  isOpen,
  onOpenChange,
  label,
  children,
}: {
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  label: string
  children: ReactNode
}) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <div className="fixed inset-0 z-40 animate-appear bg-veil">
          <Dialog.Content
            aria-describedby={undefined}
            className="flex h-full w-72 max-w-[85vw] animate-slide flex-col bg-sunken shadow-float outline-none"
          >
            <Dialog.Title className="sr-only">{label}</Dialog.Title>
            {children}
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
