import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, ListVideo, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { count, relativeTime } from '#app/lib/format.ts'
import { safeLink, visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button, IconButton } from '#app/ui/button.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { Subscription } from '#contract/subscriptions.ts'
import { noteSubscriptions } from './known-subscriptions.ts'
import { intervalText, keepText, qualityText, SubscribeDialog } from './subscribe-dialog.tsx'

export type SubscriptionsPageProps = {
  client: ApiClient
  /** Whose they are, and by which key they are asked for: as `me` has it. */
  me: Pick<Me, 'username' | 'key'>
  backHref: string
  /** Where a folder is opened. */
  folderHref: (folder: FolderPath) => string
}

const asked = { lane: 'person', purpose: 'imports' } as const
/** While a look is under way. */
const lookingMs = 3_000

/** The page `Subscriptions`: lists that are kept in step, how they fare, and what can be done with each. */
export function SubscriptionsPage(props: SubscriptionsPageProps) {
  const { client, me, backHref } = props
  const queryKey = [me.key.id, 'subscriptions']
  const cache = useQueryClient()
  const listed = useQuery({
    queryKey,
    queryFn: ({ signal }) => client.call(endpoints.subscriptions, { ...asked, signal }),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.subscriptions.some((one) => one.is_looking) ? lookingMs : false,
  })
  const subscriptions = listed.data?.subscriptions
  const amount = subscriptions?.length
  useEffect(() => {
    if (amount !== undefined) noteSubscriptions(me.username, amount)
  }, [me.username, amount])
  const [changing, setChanging] = useState<Subscription | null>(null)

  const show = (changed: Subscription | null, id: string) =>
    cache.setQueryData(queryKey, (now: typeof listed.data) => {
      const others = (one: Subscription) => (one.id === id ? changed : one)
      return now && { ...now, subscriptions: now.subscriptions.flatMap((one) => others(one) ?? []) }
    })
  const act = async (work: () => Promise<{ subscription: Subscription }>, isGone = false) => {
    try {
      const { subscription } = await work()
      show(isGone ? null : subscription, subscription.id)
    } catch (error) {
      const { title, nextStep } = errorText(error)
      announce(`${title} ${nextStep}`)
      void listed.refetch()
    }
  }
  return (
    <main className="scroll-area h-full bg-canvas px-5 pt-4 pb-10 sm:px-8">
      <title>Subscriptions – Barkeep</title>
      <div className="mx-auto flex max-w-5xl flex-col gap-6">
        <Link
          href={backHref}
          className="-ml-2 inline-flex h-8 touch-target items-center gap-2 self-start rounded-md px-2 text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden="true" className="size-4" />
          Back to the files
        </Link>
        <div className="flex items-center gap-3">
          <h1 className="grow font-semibold text-xl">Subscriptions</h1>
          <IconButton
            label="Refresh subscriptions"
            icon={<RefreshCw />}
            onClick={() => void listed.refetch()}
          />
        </div>
        {listed.error && !subscriptions && (
          <Alert title={errorText(listed.error).title}>{errorText(listed.error).nextStep}</Alert>
        )}
        {!subscriptions && !listed.error && <Skeleton className="h-4 w-72 max-w-full" />}
        {amount === 0 && (
          <EmptyState icon={<ListVideo />} title="No subscriptions yet">
            Import a link to a playlist or channel, press “Look inside”, then “Subscribe…”.
          </EmptyState>
        )}
        {subscriptions && subscriptions.length > 0 && (
          <ul aria-label="Subscriptions" className="flex flex-col">
            {subscriptions.map((one) => (
              <Row
                key={one.id}
                subscription={one}
                folderHref={props.folderHref(one.folder as FolderPath)}
                onLook={() =>
                  act(() =>
                    client.call(endpoints.lookSubscription, { ...asked, body: { id: one.id } }),
                  )
                }
                onTurn={(state) =>
                  act(() =>
                    client.call(endpoints.changeSubscription, {
                      ...asked,
                      body: { id: one.id, state },
                    }),
                  )
                }
                onChange={() => setChanging(one)}
                onDelete={() =>
                  act(
                    () =>
                      client.call(endpoints.deleteSubscription, { ...asked, body: { id: one.id } }),
                    true,
                  )
                }
              />
            ))}
          </ul>
        )}
      </div>
      {changing && (
        <SubscribeDialog
          subscription={changing}
          client={client}
          scopes={me.key.scopes}
          onDone={(changed) => {
            show(changed, changed.id)
            setChanging(null)
          }}
          onClose={() => setChanging(null)}
        />
      )}
    </main>
  )
}

type RowProps = {
  subscription: Subscription
  folderHref: string
  onLook: () => void
  onTurn: (state: 'on' | 'paused') => void
  onChange: () => void
  onDelete: () => void
}

function Row({ subscription, folderHref, ...acts }: RowProps) {
  const { title, url, folder, quality, every_hours, state, error, imported } = subscription
  const [asksToDelete, setAsksToDelete] = useState(false)
  const isOn = state === 'on'
  const facts = [
    intervalText(every_hours),
    qualityText(quality),
    ...(subscription.keep ? [`keeps ${keepText(subscription.keep).toLowerCase()}`] : []),
    `${count(imported, 'import')} so far`,
  ]
  return (
    <li
      aria-label={visibleName(title)}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line/70 border-b py-3"
    >
      <div className="min-w-0 grow basis-72">
        <p className="truncate font-medium" dir="auto">
          <a href={safeLink(url) ?? undefined} target="_blank" rel="noreferrer">
            {visibleName(title)}
          </a>
        </p>
        <p className="text-muted text-sm">
          {facts.join(' · ')} · <Link href={folderHref}>{visibleName(folder)}</Link>
        </p>
        <p role="status" className="text-muted text-sm">
          {timesText(subscription)}
        </p>
        {subscription.keep_problem && (
          <p className="text-muted text-sm">{subscription.keep_problem}</p>
        )}
        {error && (
          <p className="text-danger text-sm">
            {error} {state === 'stopped' && 'Press Resume to go on with the key of this tab.'}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {asksToDelete ? (
          <>
            <p className="self-center text-sm">Its files stay.</p>
            <Button size="small" tone="danger" onClick={acts.onDelete}>
              Unsubscribe
            </Button>
            <Button size="small" onClick={() => setAsksToDelete(false)}>
              Keep
            </Button>
          </>
        ) : (
          <>
            {isOn && (
              <Button size="small" onClick={acts.onLook}>
                Look now
              </Button>
            )}
            <Button size="small" onClick={() => acts.onTurn(isOn ? 'paused' : 'on')}>
              {isOn ? 'Pause' : 'Resume'}
            </Button>
            <Button size="small" onClick={acts.onChange}>
              Change…
            </Button>
            <Button size="small" onClick={() => setAsksToDelete(true)}>
              Unsubscribe…
            </Button>
          </>
        )}
      </div>
    </li>
  )
}

/** `Looked 2 h ago · next look in 22 h` */
function timesText({ is_looking, last_look, next_look, state }: Subscription): string {
  if (is_looking) return 'Looking now…'
  const now = Date.now()
  const last =
    last_look === null ? 'Not looked at yet' : `Looked ${relativeTime(Date.parse(last_look), now)}`
  if (state === 'paused') return `${last} · paused`
  if (next_look === null) return `${last} · stopped`
  const next = Date.parse(next_look)
  return `${last} · next look ${next <= now ? 'is due' : relativeTime(next, now)}`
}
