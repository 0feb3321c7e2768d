import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { ApiClient } from '#app/api/http/client.ts'
import { Button } from '#app/ui/button.tsx'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { noteSubscriptions } from './known-subscriptions.ts'
import { type NewSubscription, SubscribeDialog } from './subscribe-dialog.tsx'

export type SubscribeButtonProps = {
  list: NewSubscription
  client: ApiClient
  me: Pick<Me, 'username' | 'key'>
  subscriptionsHref: string
  onLeave: () => void
}

/** `Subscribe…` beside a list that was looked into, or the way to the subscription that there is. */
export function SubscribeButton({
  list,
  client,
  me,
  subscriptionsHref,
  onLeave,
}: SubscribeButtonProps) {
  const queryKey = [me.key.id, 'subscriptions']
  const cache = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      client.call(endpoints.subscriptions, { lane: 'person', purpose: 'imports', signal }),
    staleTime: 0,
  })
  const amount = data?.subscriptions.length
  useEffect(() => {
    if (amount !== undefined) noteSubscriptions(me.username, amount)
  }, [me.username, amount])
  if (data?.subscriptions.some(({ url }) => url === URL.parse(list.url)?.href)) {
    return (
      <p className="text-sm">
        Subscribed:{' '}
        <Link href={subscriptionsHref} onClick={onLeave}>
          Subscriptions
        </Link>
      </p>
    )
  }
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Subscribe…</Button>
      {isOpen && (
        <SubscribeDialog
          subscription={list}
          client={client}
          scopes={me.key.scopes}
          onDone={(made) => {
            const before = data?.subscriptions ?? []
            cache.setQueryData(queryKey, { status: 'ok', subscriptions: [...before, made] })
            setIsOpen(false)
          }}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  )
}
