import { BookOpen, KeyRound, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { actionItem } from '#app/actions/registry.ts'
import { keyLifetime, scopeLabels, shortenedKey } from '#app/api/http/api-key-text.ts'
import { useServerDescription } from '#app/features/account/connect/key-sources.tsx'
import { useTick } from '#app/lib/browser/use-now.ts'
import { formatDay, formatExactTime, formatLimit, relativeTime } from '#app/lib/format.ts'
import { RadioGroup } from '#app/ui/choices.tsx'
import type { Me } from '#contract/account.ts'
import { Bookmarklet } from './bookmarklet.tsx'

export type ThemeChoice = 'system' | 'light' | 'dark'

export type AccountPanelProps = {
  me: Me
  theme: ThemeChoice
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onThemeChange: (theme: ThemeChoice) => void
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
        {props.me.key.scopes.includes('import') && <Bookmarklet className={lineClass} />}
        {(['shortcuts', 'sign-out'] as const).map((id) => {
          const { label, icon, onSelect } = actionItem(id)
          const handleClick = () => {
            props.onLeave()
            onSelect()
          }
          return (
            <button key={id} type="button" onClick={handleClick} className={lineClass}>
              <Line icon={icon}>{label}</Line>
            </button>
          )
        })}
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

/** Whose key this is, which one, what it may do, until when, and how large a file may be. */
function KeyFacts({ me }: { me: Me }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-baseline gap-2">
        <span dir="auto" className="min-w-0 truncate font-semibold text-lg">
          {me.username}
        </span>
        <span className="rounded bg-selected px-1.5 text-accent-ink text-xs">{me.plan}</span>
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
        <Fact term="Key">
          <span dir="auto" className="block break-words">
            {me.key.name}
          </span>
          <code className="break-all font-mono text-muted text-xs">{shortenedKey(me.key)}</code>
        </Fact>
        <Fact term="May">
          {me.key.scopes.length === 0
            ? 'Nothing: the key has no scopes'
            : me.key.scopes.map((scope) => (
                <span key={scope} className="block">
                  {scopeLabels(scope)}
                </span>
              ))}
        </Fact>
        <Fact term="Expires">
          <Expiry expiresAt={me.key.expires_at} />
        </Fact>
        <Fact term="Upload limit">{formatLimit(me.limits.upload_max_bytes)} a file</Fact>
      </dl>
    </div>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

function Expiry({ expiresAt }: { expiresAt: string | null }) {
  useTick(60_000)
  const now = Date.now()
  const lifetime = keyLifetime(expiresAt, now)
  if (expiresAt === null) return 'Never'
  const day = (
    <time dateTime={expiresAt} title={formatExactTime(expiresAt)}>
      {formatDay(expiresAt)}
    </time>
  )
  if (lifetime === 'lasting') {
    return (
      <>
        {relativeTime(Date.parse(expiresAt), now)}
        <span className="block text-muted text-xs">{day}</span>
      </>
    )
  }
  return (
    <span className="text-danger">
      <TriangleAlert aria-hidden="true" className="mr-1 inline size-3.5 align-[-2px]" />
      {lifetime === 'over' ? 'Has expired' : relativeTime(Date.parse(expiresAt), now)}
      <span className="block text-xs">
        {day}.{' '}
        {lifetime === 'over' ? 'Connect with another key.' : 'Make a new key before it ends.'}
      </span>
    </span>
  )
}
