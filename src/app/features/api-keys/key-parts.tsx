import clsx from 'clsx'
import { keyLifetime, scopeWords, shortenedKey } from '#app/api/key-words.ts'
import { formatDay, formatExactTime } from '#app/lib/format-date.ts'
import { relativeTime } from '#app/lib/relative-time.ts'
import { tooltipProps } from '#app/ui/tooltip.tsx'
import type { OwnedApiKey } from '#contract/api-keys.ts'

/** The key's name and the part of it that is no secret. */
export function KeyName({ apiKey, isCurrent }: { apiKey: OwnedApiKey; isCurrent: boolean }) {
  return (
    <>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span dir="auto" className="min-w-0 break-words font-medium">
          {apiKey.name}
        </span>
        {isCurrent && (
          <span className="rounded bg-selected px-1.5 text-accent-ink text-xs">in this tab</span>
        )}
      </span>
      <code className="break-all font-mono text-muted text-xs">{shortenedKey(apiKey)}</code>
    </>
  )
}

/** The scopes by their names, as the API knows them; what they allow is told on hovering. */
export function KeyScopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <span
          key={scope}
          {...tooltipProps(scopeWords(scope))}
          className="rounded bg-sunken px-1.5 text-muted text-sm"
        >
          {scope}
        </span>
      ))}
    </span>
  )
}

type KeyTimeProps = {
  /** ISO 8601. */
  time: string | null
  /** What null means here. */
  absence?: string
  /** Tell it as seen from this moment (epoch ms) instead of as a date. */
  relativeTo?: number
}

export function KeyTime({ time, absence = '–', relativeTo }: KeyTimeProps) {
  if (time === null) return <span className="text-muted">{absence}</span>
  return (
    <time dateTime={time} {...tooltipProps(formatExactTime(time))} className="whitespace-nowrap">
      {relativeTo === undefined ? formatDay(time) : relativeTime(Date.parse(time), relativeTo)}
    </time>
  )
}

const stateWords = {
  endless: 'Active',
  lasting: 'Active',
  ending: 'Ends soon',
  over: 'Expired',
} as const

export function KeyState({ expiresAt, now }: { expiresAt: string | null; now: number }) {
  const lifetime = keyLifetime(expiresAt, now)
  return (
    <span
      className={clsx(
        'whitespace-nowrap',
        lifetime === 'over' && 'text-danger',
        lifetime === 'ending' && 'text-accent-ink',
      )}
    >
      {stateWords[lifetime]}
    </span>
  )
}
