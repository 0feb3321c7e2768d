import { SubscribeButton } from '#app/features/subscriptions/subscribe-button.tsx'
import type { NewSubscription } from '#app/features/subscriptions/subscribe-dialog.tsx'
import type { Session } from '#app/shell/state/app-stores.ts'
import { subscriptionsHref } from '#app/shell/state/folder-href.ts'

type ImportSubscribeProps = { session: Session; list: NewSubscription; onLeave: () => void }

/** The button of the subscriptions, lent to the dialog of the imports. */
export function ImportSubscribe({ session, ...rest }: ImportSubscribeProps) {
  return (
    <SubscribeButton {...rest} {...{ subscriptionsHref }} client={session.client} me={session.me} />
  )
}
