import clsx from 'clsx'
import { keyLifetime, scopeLabels, shortenedKey } from '#app/api/http/api-key-text.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { useTick } from '#app/lib/browser/use-now.ts'
import { formatDay, formatExactTime, relativeTime } from '#app/lib/format.ts'
import { Button } from '#app/ui/button.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import type { OwnedApiKey } from '#contract/api-keys.ts'

type KeyListProps = {
  keys: readonly OwnedApiKey[]
  currentKeyId: string | null
  onRevoke: (key: OwnedApiKey) => void
}

/** The keys as a table; as cards where a table would scroll sideways. */
export function KeyList(props: KeyListProps) {
  const isWide = useMediaQuery('(min-width: 60rem)')
  useTick(60_000)
  const now = Date.now()
  return isWide ? <KeyTable {...props} now={now} /> : <KeyCards {...props} now={now} />
}

type TimedProps = KeyListProps & { now: number }

function KeyTable({ keys, currentKeyId, onRevoke, now }: TimedProps) {
  return (
    <table className="w-full text-left">
      <thead>
        <tr className="border-line border-b text-muted text-sm">
          {['Key', 'Scopes', 'Created', 'Expires', 'Last used', 'State'].map((column) => (
            <th key={column} scope="col" className="py-2 pr-4 font-normal">
              {column}
            </th>
          ))}
          <th scope="col">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} className="border-line border-b align-top [&>*]:py-2.5 [&>*]:pr-4">
            <th scope="row" className="max-w-72 font-normal">
              <KeyName apiKey={key} isCurrent={key.id === currentKeyId} />
            </th>
            <td>
              <KeyScopes scopes={key.scopes} />
            </td>
            <td>
              <KeyTime time={key.created_at} />
            </td>
            <td>
              <KeyTime time={key.expires_at} absence="Never" />
            </td>
            <td>
              <KeyTime time={key.last_used_at} absence="Never" relativeTo={now} />
            </td>
            <td>
              <KeyState expiresAt={key.expires_at} now={now} />
            </td>
            <td className="pr-0! text-right">
              <RevokeButton apiKey={key} onRevoke={onRevoke} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function KeyCards({ keys, currentKeyId, onRevoke, now }: TimedProps) {
  return (
    <ul className="border-line border-t">
      {keys.map((key) => (
        <li
          key={key.id}
          aria-label={key.name}
          className="flex flex-col gap-2 border-line border-b py-4"
        >
          <div className="flex items-start gap-3">
            <div className="min-w-0 grow">
              <KeyName apiKey={key} isCurrent={key.id === currentKeyId} />
            </div>
            <RevokeButton apiKey={key} onRevoke={onRevoke} />
          </div>
          <KeyScopes scopes={key.scopes} />
          <dl className="grid grid-cols-2 gap-x-4 gap-y-2 text-sm sm:grid-cols-4 [&_dt]:text-muted [&_dt]:text-xs">
            <div>
              <dt>State</dt>
              <dd>
                <KeyState expiresAt={key.expires_at} now={now} />
              </dd>
            </div>
            <div>
              <dt>Expires</dt>
              <dd>
                <KeyTime time={key.expires_at} absence="Never" />
              </dd>
            </div>
            <div>
              <dt>Last used</dt>
              <dd>
                <KeyTime time={key.last_used_at} absence="Never" relativeTo={now} />
              </dd>
            </div>
            <div>
              <dt>Created</dt>
              <dd>
                <KeyTime time={key.created_at} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}

function RevokeButton({
  apiKey,
  onRevoke,
}: { apiKey: OwnedApiKey } & Pick<KeyListProps, 'onRevoke'>) {
  return (
    <Button
      size="small"
      data-revoke=""
      onClick={() => onRevoke(apiKey)}
      aria-label={`Revoke ${apiKey.name}`}
    >
      Revoke
    </Button>
  )
}

/** The key's name and the part of it that is no secret. */
function KeyName({ apiKey, isCurrent }: { apiKey: OwnedApiKey; isCurrent: boolean }) {
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
function KeyScopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <span
          key={scope}
          {...tooltipProps(scopeLabels(scope))}
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

function KeyTime({ time, absence = '–', relativeTo }: KeyTimeProps) {
  if (time === null) return <span className="text-muted">{absence}</span>
  return (
    <time dateTime={time} {...tooltipProps(formatExactTime(time))} className="whitespace-nowrap">
      {relativeTo === undefined ? formatDay(time) : relativeTime(Date.parse(time), relativeTo)}
    </time>
  )
}

const stateText = {
  endless: 'Active',
  lasting: 'Active',
  ending: 'Ends soon',
  over: 'Expired',
} as const

function KeyState({ expiresAt, now }: { expiresAt: string | null; now: number }) {
  const lifetime = keyLifetime(expiresAt, now)
  return (
    <span
      className={clsx(
        'whitespace-nowrap',
        lifetime === 'over' && 'text-danger',
        lifetime === 'ending' && 'text-accent-ink',
      )}
    >
      {stateText[lifetime]}
    </span>
  )
}
