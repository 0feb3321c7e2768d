import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { keyLifetime, scopeWords, shortenedKey } from '#app/api/key-words.ts'
import { formatDay, formatExactTime } from '#app/lib/format-date.ts'
import { formatLimit } from '#app/lib/format-limit.ts'
import { relativeTime } from '#app/lib/relative-time.ts'
import { useTick } from '#app/lib/use-tick.ts'
import type { Me } from '#contract/account.ts'

/** Whose key this is, which one, what it may do, until when, and how large a file may be. */
export function KeyFacts({ me }: { me: Me }) {
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
                  {scopeWords(scope)}
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
