import { BookOpen, ChevronsUpDown, KeyRound, LogOut } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { Button } from '#app/ui/button.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { RadioGroup } from '#app/ui/radio-group.tsx'
import type { Me } from '#contract/account.ts'
import { KeyFacts } from './key-facts.tsx'
import { useServerDescription } from './use-server-description.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

type AccountMenuProps = {
  me: Me
  theme: ThemeChoice
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onThemeChange: (theme: ThemeChoice) => void
  onSignOut: () => void
}

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

/** The button with the user's name, and what it opens: who this is, what the key may do, sign out. */
export function AccountMenu({
  me,
  theme,
  apiKeysHref,
  onThemeChange,
  onSignOut,
}: AccountMenuProps) {
  const [isOpen, setIsOpen] = useState(false)
  // A hosted service has its own panel and its own reference, and not at this address.
  const isOwnServer = useServerDescription()?.mode === 'own'
  return (
    <Popover
      label="Account"
      side="top"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      className="flex flex-col gap-4"
      trigger={
        <Button tone="quiet" className="w-full justify-start px-2 text-ink">
          <span dir="auto" className="truncate">
            {me.username}
          </span>
          <span className="text-muted">· {me.plan}</span>
          <ChevronsUpDown aria-hidden="true" className="ml-auto text-faint" />
        </Button>
      }
    >
      <KeyFacts me={me} />
      <RadioGroup label="Theme" value={theme} onChange={onThemeChange} options={themes} />
      <div className="-mx-2 flex flex-col border-line border-t pt-2">
        {isOwnServer && (
          <>
            <Link href={apiKeysHref} onClick={() => setIsOpen(false)} className={lineClass}>
              <Line icon={<KeyRound />}>API keys</Line>
            </Link>
            <a href="/docs/api" className={lineClass}>
              <Line icon={<BookOpen />}>API reference</Line>
            </a>
          </>
        )}
        <button type="button" onClick={onSignOut} className={lineClass}>
          <Line icon={<LogOut />}>Sign out</Line>
        </button>
      </div>
    </Popover>
  )
}

const lineClass =
  'flex h-8 touch-target items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover active:bg-pressed'

function Line({ icon, children }: { icon: ReactNode; children: string }) {
  return (
    <>
      <span aria-hidden="true" className="text-muted [&_svg]:size-4">
        {icon}
      </span>
      {children}
    </>
  )
}
