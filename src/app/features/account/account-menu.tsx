import { ChevronsUpDown } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { AccountPanelProps } from './account-panel.tsx'

const loadPanel = () => import('./account-panel.tsx')
const AccountPanel = lazy(async () => ({ default: (await loadPanel()).AccountPanel }))

/** The button with the user's name, which opens the account's panel. */
export function AccountMenu(props: Omit<AccountPanelProps, 'onLeave'>) {
  const [isOpen, setIsOpen] = useState(false)
  const { username, plan } = props.me
  return (
    <Popover
      label="Account"
      side="top"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <Button tone="quiet" className="w-full justify-start px-2 text-ink">
          <span dir="auto" className="truncate">
            {username}
          </span>
          <span className="text-muted">· {plan}</span>
          <ChevronsUpDown aria-hidden="true" className="ml-auto text-faint" />
        </Button>
      }
    >
      <Suspense fallback={<Waiting />}>
        <AccountPanel {...props} onLeave={() => setIsOpen(false)} />
      </Suspense>
    </Popover>
  )
}

function Waiting() {
  return (
    <div className="flex h-96 flex-col gap-4 pt-1">
      <Skeleton className="h-4 w-32" />
      <Skeleton className="h-3 w-56" />
      <Skeleton className="h-3 w-48" />
    </div>
  )
}
