import { ChevronsUpDown, TriangleAlert } from 'lucide-react'
import { Suspense, useState } from 'react'
import { keyLifetime } from '#app/api/http/api-key-text.ts'
import { useTick } from '#app/lib/browser/use-now.ts'
import { Button } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Popover } from '#app/ui/overlay/triggers.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { AccountPanelProps } from './account-panel.tsx'

const AccountPanel = lazyPart(async () => (await import('./account-panel.tsx')).AccountPanel)

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
        <Button tone="quiet" className="w-full justify-start px-2 text-ink!">
          <span dir="auto" className="truncate">
            {username}
          </span>
          {/* The button's name is the person's: what plan it is stands in the panel. */}
          <span aria-hidden="true" className="mr-auto text-muted">
            · {plan}
          </span>
          <ExpiryWarning expiresAt={props.me.key.expires_at} />
          <ChevronsUpDown aria-hidden="true" className="text-faint" />
        </Button>
      }
    >
      <Suspense fallback={<Waiting />}>
        <AccountPanel {...props} onLeave={() => setIsOpen(false)} />
      </Suspense>
    </Popover>
  )
}

/** Said before the panel is opened: who finds out by a refused key finds out too late. */
function ExpiryWarning({ expiresAt }: { expiresAt: string | null }) {
  useTick(expiresAt === null ? null : 60_000)
  const lifetime = keyLifetime(expiresAt, Date.now())
  if (lifetime !== 'ending' && lifetime !== 'over') return null
  return (
    <span className="inline-flex items-center gap-1 text-danger text-xs">
      <TriangleAlert aria-hidden="true" className="size-3.5!" />
      {lifetime === 'over' ? 'key expired' : 'key ends soon'}
    </span>
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
