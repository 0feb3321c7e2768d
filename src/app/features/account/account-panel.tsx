import { BookOpen, KeyRound, LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { RadioGroup } from '#app/ui/radio-group.tsx'
import type { Me } from '#contract/account.ts'
import { KeyFacts } from './key-facts.tsx'
import { useServerDescription } from './use-server-description.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

export type AccountPanelProps = {
  me: Me
  theme: ThemeChoice
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onThemeChange: (theme: ThemeChoice) => void
  onSignOut: () => void
  /** A link of the panel was followed. */
  onLeave: () => void
}

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

/** What the account button opens: who this is, what the key may do, the theme, the ways out. */
export function AccountPanel(props: AccountPanelProps) {
  // A hosted service has its own panel and its own reference, and not at this address.
  const isOwnServer = useServerDescription()?.mode === 'own'
  return (
    <div className="flex flex-col gap-4">
      <KeyFacts me={props.me} />
      <RadioGroup
        label="Theme"
        value={props.theme}
        onChange={props.onThemeChange}
        options={themes}
      />
      <div className="-mx-2 flex flex-col border-line border-t pt-2">
        {isOwnServer && (
          <>
            <Link href={props.apiKeysHref} onClick={props.onLeave} className={lineClass}>
              <Line icon={<KeyRound />}>API keys</Line>
            </Link>
            <a href="/docs/api" className={lineClass}>
              <Line icon={<BookOpen />}>API reference</Line>
            </a>
          </>
        )}
        <button type="button" onClick={props.onSignOut} className={lineClass}>
          <Line icon={<LogOut />}>Sign out</Line>
        </button>
      </div>
    </div>
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
