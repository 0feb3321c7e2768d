import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link2, RefreshCw } from 'lucide-react'
import { useRef, useState } from 'react'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { count, formatBytes, formatExactTime, relativeTime } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button, IconButton } from '#app/ui/button.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { Share } from '#contract/shares.ts'

type SharesPanelProps = {
  client: ApiClient
  /** Whose links these are. */
  keyId: string
}

/** The section `Shared links`: what others can come in by, and the way to end it. */
export function SharesPanel({ client, keyId }: SharesPanelProps) {
  const queryKey = [keyId, 'shares']
  const cache = useQueryClient()
  const section = useRef<HTMLElement>(null)
  const [revoking, setRevoking] = useState<Share | null>(null)
  const listed = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      client.call(endpoints.shares, { lane: 'person', purpose: 'account', signal }),
    staleTime: 0,
  })
  const shares = listed.data?.shares
  return (
    <section
      ref={section}
      aria-label="Shared links"
      className="flex flex-col gap-3 border-line border-t pt-6"
    >
      <div className="flex items-center gap-3">
        <h2 className="grow font-semibold text-lg">Shared links</h2>
        <IconButton
          label="Refresh links"
          icon={<RefreshCw />}
          onClick={() => void listed.refetch()}
        />
      </div>
      {listed.error && !shares && (
        <Alert title={errorText(listed.error).title}>{errorText(listed.error).nextStep}</Alert>
      )}
      {!shares && !listed.error && <Skeleton className="h-4 w-72 max-w-full" />}
      {shares?.length === 0 && (
        <EmptyState icon={<Link2 />} title="No links yet">
          Choose “Share…” or “Ask for files…” in the menu of a folder.
        </EmptyState>
      )}
      {shares && shares.length > 0 && (
        <ul className="flex flex-col">
          {shares.map((share) => (
            <ShareRow key={share.id} share={share} onRevoke={() => setRevoking(share)} />
          ))}
        </ul>
      )}
      {revoking && (
        <RevokeDialog
          share={revoking}
          client={client}
          onRevoked={() => {
            cache.setQueryData(queryKey, (now: typeof listed.data) =>
              now ? { ...now, shares: now.shares.filter(({ id }) => id !== revoking.id) } : now,
            )
          }}
          onClose={() => setRevoking(null)}
          focusAfter={() =>
            section.current?.querySelector<HTMLElement>('[data-revoke]') ??
            section.current?.querySelector<HTMLElement>('button')
          }
        />
      )}
    </section>
  )
}

function ShareRow({ share, onRevoke }: { share: Share; onRevoke: () => void }) {
  const isOver = share.state !== 'live'
  return (
    <li className="flex items-center gap-3 border-line border-b py-2">
      <div className="min-w-0 grow">
        <p className="flex min-w-0 items-baseline gap-2">
          <span dir="auto" className="truncate font-medium">
            {visibleName(share.name)}
          </span>
          <span className="shrink-0 text-muted text-sm">
            {share.kind === 'upload' ? 'asks for files' : 'shows files'}
          </span>
        </p>
        <p className="break-words text-muted text-sm">
          {isOver ? (
            <span className="text-danger">{overWords(share)}</span>
          ) : (
            <span {...tooltipProps(formatExactTime(share.expires_at))}>
              ends {relativeTime(Date.parse(share.expires_at), Date.now())}
            </span>
          )}
          {detailsOf(share).map((detail) => ` · ${detail}`)}
        </p>
      </div>
      <Button
        size="small"
        data-revoke
        aria-label={`Revoke ${visibleName(share.name)}`}
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </li>
  )
}

function overWords({ state }: Share): string {
  return state === 'expired' ? 'expired' : 'what it shares is deleted'
}

function detailsOf(share: Share): string[] {
  const { path, items, has_password, max_bytes, used_bytes, files, last_used_at } = share
  return [
    ...(path === null ? [] : [path]),
    ...(items > 0 ? [count(items, 'item')] : []),
    ...(has_password ? ['password'] : []),
    ...(max_bytes === null
      ? []
      : [`${count(files, 'file')}, ${formatBytes(used_bytes)} of ${formatBytes(max_bytes)}`]),
    last_used_at === null
      ? 'not opened yet'
      : `opened ${relativeTime(Date.parse(last_used_at), Date.now())}`,
  ]
}

/** Asks before a link is revoked: there is no way back. */
function RevokeDialog({
  share,
  client,
  onRevoked,
  onClose,
  focusAfter,
}: {
  share: Share
  client: ApiClient
  onRevoked: () => void
  onClose: () => void
  focusAfter: () => HTMLElement | null | undefined
}) {
  const [isPending, setIsPending] = useState(false)
  const [error, setError] = useState<unknown>(null)

  async function handleRevoke() {
    setIsPending(true)
    setError(null)
    try {
      const request = { lane: 'person', purpose: 'account' } as const
      // That it is gone already is what was wanted.
      await client.call(endpoints.revokeShares, { ...request, body: { ids: [share.id] } })
      onRevoked()
      announce('The link is revoked')
      onClose()
    } catch (fault) {
      setError(fault)
      setIsPending(false)
    }
  }

  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title={`Revoke the link to “${visibleName(share.name)}”?`}
      focusAtEnd={(opener) => (opener?.isConnected ? null : focusAfter())}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button tone="danger" isPending={isPending} onClick={() => void handleRevoke()}>
            Revoke link
          </Button>
        </>
      }
    >
      <p>
        It stops working at once, for everybody who has it, and cannot be brought back. Your files
        stay, also those that came by it.
      </p>
      {error !== null && (
        <Alert title={errorText(error).title} className="mt-3">
          {errorText(error).nextStep}
        </Alert>
      )}
    </Dialog>
  )
}
