import clsx from 'clsx'
import { ArrowLeft, KeyRound } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { Link } from 'wouter'
import { SignInForm } from '#app/features/account/web-session/sign-in-form.tsx'
import type { MadeApiKey } from '#app/features/account/web-session/web-session.ts'
import { Button } from '#app/ui/button.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { useApiKeysStore } from './api-keys-store.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { CreatedKey } from './created-key.tsx'
import { emptyDraft, type KeyDraft } from './key-draft.ts'
import { KeysPanel } from './keys-panel.tsx'

type ApiKeysPageProps = {
  /** Where "back" leads: the files, or the connect page. */
  backHref: string
  /** The id of the key this tab is connected with (`me.key.id`), null when it is not. */
  currentKeyId: string | null
  /** A key that is being made, kept while other screens are shown; null for none. */
  draft: KeyDraft | null
  onDraftChange: (draft: KeyDraft | null) => void
  /** That key is revoked: nothing that it opened may stay. */
  onCurrentRevoked: () => void
  /** The whole secret of a key just made: connect with it and leave this page. */
  onUseKey: (secret: string) => void
  /** What else others come in by, below the keys. */
  below?: ReactNode
}

/**
 * The `API keys` page of the own server, a whole screen. It signs in by name and password itself,
 * and keeps a key just made, so that a web session that ends does not lose it.
 */
export function ApiKeysPage(props: ApiKeysPageProps) {
  const { backHref, currentKeyId, draft, onDraftChange, onCurrentRevoked, onUseKey } = props
  const { ring, snapshot } = useApiKeysStore()
  const [isCreating, setIsCreating] = useState(false)
  const [made, setMade] = useState<MadeApiKey | null>(null)
  const madeHeading = useRef<HTMLHeadingElement>(null)
  const createButton = useRef<HTMLButtonElement>(null)

  function handleMade(key: MadeApiKey) {
    setMade(key)
    setIsCreating(false)
    onDraftChange(null)
  }

  function handleDone() {
    setMade(null)
    createButton.current?.focus()
  }

  /** Whoever signs out leaves nothing behind for the next person at this screen. */
  async function handleSignOut() {
    await ring.signOut()
    setMade(null)
    onDraftChange(null)
  }

  async function handleRevoke(id: string) {
    await ring.revoke(id)
    setMade((shown) => (shown?.key.id === id ? null : shown))
    if (id === currentKeyId) onCurrentRevoked()
  }

  return (
    <main className="scroll-area h-full bg-canvas px-5 pt-4 pb-10 sm:px-8">
      <div
        className={clsx(
          'mx-auto flex flex-col gap-6',
          snapshot.state === 'signed-out' ? 'max-w-[26rem] sm:pt-[8dvh]' : 'max-w-5xl',
        )}
      >
        <Link
          href={backHref}
          className="-ml-2 inline-flex h-8 touch-target items-center gap-2 self-start rounded-md px-2 text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden="true" className="size-4" />
          {currentKeyId === null ? 'Back to Connect' : 'Back to the files'}
        </Link>
        <h1 className="font-semibold text-xl">API keys</h1>
        {made && (
          <CreatedKey
            key={made.key.id}
            heading={madeHeading}
            made={made}
            isConnected={currentKeyId !== null}
            onUse={() => onUseKey(made.secret)}
            onDone={handleDone}
          />
        )}
        {snapshot.state === 'loading' && <Loading />}
        {snapshot.state === 'unreachable' && <Unreachable onRetry={() => void ring.load()} />}
        {snapshot.state === 'elsewhere' && <Elsewhere />}
        {snapshot.state === 'signed-out' && (
          <SignInForm
            hasEnded={snapshot.hasEnded}
            lastUsername={snapshot.username}
            onSignIn={ring.signIn}
          />
        )}
        {snapshot.state === 'signed-in' && (
          <>
            <KeysPanel
              snapshot={snapshot}
              currentKeyId={currentKeyId}
              hasMade={made !== null}
              createButton={createButton}
              onCreate={() => setIsCreating(true)}
              onRevoke={handleRevoke}
              onSignOut={handleSignOut}
            />
            <CreateKeyDialog
              isOpen={isCreating}
              onOpenChange={setIsCreating}
              draft={draft ?? emptyDraft}
              onDraftChange={onDraftChange}
              create={ring.create}
              onMade={handleMade}
              focusAfter={madeHeading}
            />
          </>
        )}
        {props.below}
      </div>
    </main>
  )
}

function Loading() {
  return (
    <div className="flex flex-col gap-4 py-2">
      <p role="status" className="sr-only">
        Loading your keys
      </p>
      {['w-64', 'w-80', 'w-72'].map((width) => (
        <Skeleton key={width} className={`h-4 max-w-full ${width}`} />
      ))}
    </div>
  )
}

function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <Alert
      title="Your keys cannot be read"
      action={<Button onClick={onRetry}>Try again</Button>}
      className="max-w-xl"
    >
      The server does not answer. Check that it runs and that you are online.
    </Alert>
  )
}

function Elsewhere() {
  return (
    <div role="alert">
      <EmptyState icon={<KeyRound />} title="Keys are made at the hosted service">
        This Barkeep is a window on it and keeps no accounts of its own. Make, see and revoke keys
        in the API Keys panel of that service’s web app.
      </EmptyState>
    </div>
  )
}
