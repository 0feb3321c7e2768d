import clsx from 'clsx'
import { X } from 'lucide-react'
import { Dialog as RadixDialog } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { IconButton } from '#app/ui/button.tsx'

export type DialogProps = {
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  /** The dialog's accessible name. */
  title: string
  description?: ReactNode
  children: ReactNode
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode
  size?: 'medium' | 'large'
  /** What takes the focus at the end; null for what had it before the dialog, which may be gone. */
  focusAtEnd?: (opener: HTMLElement | null) => HTMLElement | null | undefined
}

/**
 * A modal dialog; a sheet from below on narrow screens. Focus is held inside and given back; where nobody
 * had it, as when a paste opened the dialog, it goes to what Tab reaches in the page's main part.
 */
export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = 'medium',
  focusAtEnd,
}: DialogProps) {
  const opener = useOpener(isOpen)
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        {/* An own veil: Radix's adds a <style> element, which the content security policy refuses. */}
        <div className="fixed inset-0 z-40 flex animate-appear items-end justify-center bg-veil sm:items-center sm:p-6 short:sm:p-2">
          <RadixDialog.Content
            // Radix gives the focus back to a trigger of its own, and there is none here.
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              const heir = focusAtEnd?.(opener) ?? opener
              const isThere = heir?.isConnected && heir !== document.body
              const inMain = () => document.querySelector<HTMLElement>('main [tabindex="0"]')
              const next = isThere ? heir : inMain()
              next?.focus()
            }}
            {...(description === undefined ? { 'aria-describedby': undefined } : {})}
            className={clsx(
              'flex max-h-[92dvh] w-full animate-rise flex-col rounded-t-xl bg-raised shadow-float outline-none sm:max-h-full sm:rounded-xl',
              size === 'large' ? 'sm:max-w-2xl' : 'sm:max-w-lg',
            )}
          >
            <header className="flex items-start gap-4 px-5 pt-4 pb-2 short:pt-3 short:pb-0">
              <div className="min-w-0 grow">
                <RadixDialog.Title className="break-words font-semibold text-lg">
                  {title}
                </RadixDialog.Title>
                {description !== undefined && (
                  <RadixDialog.Description className="text-muted text-sm">
                    {description}
                  </RadixDialog.Description>
                )}
              </div>
              <RadixDialog.Close asChild>
                <IconButton
                  label="Close"
                  icon={<X />}
                  className="-my-1 pointer-coarse:-my-2.5 -mr-2"
                />
              </RadixDialog.Close>
            </header>
            <div className="scroll-area min-h-0 grow px-5 py-2">{children}</div>
            {footer !== undefined && (
              <footer className="flex flex-wrap items-center justify-end gap-2 px-5 pt-2 pb-5 short:pb-2">
                {footer}
              </footer>
            )}
          </RadixDialog.Content>
        </div>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** What had the focus just before the dialog took it. In an effect it would be too late. */
function useOpener(isOpen: boolean): HTMLElement | null {
  const [wasOpen, setWasOpen] = useState(false)
  const [opener, setOpener] = useState<HTMLElement | null>(null)
  if (isOpen !== wasOpen) {
    const focused = document.activeElement
    setWasOpen(isOpen)
    if (isOpen) setOpener(focused instanceof HTMLElement ? focused : null)
  }
  return opener
}
