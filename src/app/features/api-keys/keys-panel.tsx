import { KeyRound, Plus } from 'lucide-react'
import { type RefObject, useRef, useState } from 'react'
import { keyLifetime, shortenedKey } from '#app/api/http/api-key-text.ts'
import { webSessionText } from '#app/features/account/web-session/web-session-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { apiKeysPerAccount, type OwnedApiKey } from '#contract/api-keys.ts'
import type { ApiKeysSnapshot } from './api-keys-store.ts'
import { KeyList } from './key-list.tsx'

type KeysPanelProps = {
  snapshot: ApiKeysSnapshot
  currentKeyId: string | null
  /** A key was just made: what to do with it comes before making another. */
  hasMade: boolean
  createButton: RefObject<HTMLButtonElement | null>
  onCreate: () => void
  /** Both throw `WebSessionError`. */
  onRevoke: (id: string) => Promise<void>
  onSignOut: () => Promise<void>
}

/** The keys of whoever is signed in, how many more there may be, and the way out. */
export function KeysPanel(props: KeysPanelProps) {
  const { snapshot, currentKeyId, hasMade, onCreate } = props
  const panel = useRef<HTMLElement>(null)
  const [revoking, setRevoking] = useState<OwnedApiKey | null>(null)
  const [signOutError, setSignOutError] = useState<unknown>(null)
  const revokedRow = useRef(0)
  const { keys, username } = snapshot
  const live = keys.filter((key) => keyLifetime(key.expires_at, Date.now()) !== 'over').length
  function handleAsk(key: OwnedApiKey) {
    revokedRow.current = keys.indexOf(key)
    setRevoking(key)
  }
  const createButton = (
    <Button
      ref={props.createButton}
      tone={hasMade ? 'outline' : 'primary'}
      icon={<Plus />}
      className="max-sm:grow"
      onClick={onCreate}
      unavailableReason={
        live < apiKeysPerAccount ? undefined : 'Revoke a key first: an account has ten at most.'
      }
    >
      Create key
    </Button>
  )
  /** The row that moved up is the next one in question; behind the last, the one before. */
  const focusAfterRevoking = () => {
    const rest = panel.current?.querySelectorAll<HTMLElement>('[data-revoke]') ?? []
    return rest[Math.min(revokedRow.current, rest.length - 1)] ?? props.createButton.current
  }
  return (
    <section ref={panel} aria-label="Your keys" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-52">
          <p>
            Signed in as{' '}
            <strong dir="auto" className="font-medium">
              {username}
            </strong>
          </p>
          <p className="text-muted text-sm">{roomWords(live)}</p>
        </div>
        <Button tone="quiet" onClick={() => void props.onSignOut().catch(setSignOutError)}>
          Sign out here
        </Button>
        {createButton}
      </div>
      {signOutError !== null && (
        <Alert title={webSessionText(signOutError).title}>
          {webSessionText(signOutError).nextStep}
        </Alert>
      )}
      {keys.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No keys yet">
          Make one for each program or device, so that you can revoke one without the others.
        </EmptyState>
      ) : (
        <KeyList keys={keys} currentKeyId={currentKeyId} onRevoke={handleAsk} />
      )}
      <RevokeKeyDialog
        apiKey={revoking}
        isCurrent={revoking !== null && revoking.id === currentKeyId}
        revoke={props.onRevoke}
        onClose={() => setRevoking(null)}
        focusAfter={focusAfterRevoking}
      />
    </section>
  )
}

/** Says before the tenth that ten is the end. */
function roomWords(live: number): string {
  const left = apiKeysPerAccount - live
  const count = `${live} of ${apiKeysPerAccount} keys`
  if (left <= 0) return `${count}. Revoke one to make another.`
  return left === 1 ? `${count}. One more can be made.` : count
}

type RevokeKeyDialogProps = {
  /** The key in question; null while none is. */
  apiKey: OwnedApiKey | null
  /** It is the key this tab is connected with. */
  isCurrent: boolean
  revoke: (id: string) => Promise<void>
  onClose: () => void
  /** Where the focus goes on once the key's row, and its button with it, is gone. */
  focusAfter: () => HTMLElement | null | undefined
}

/** Asks before a key is revoked: there is no way back. */
function RevokeKeyDialog(props: RevokeKeyDialogProps) {
  const { apiKey, isCurrent, revoke, onClose, focusAfter } = props
  const [isPending, setIsPending] = useState(false)
  const [error, setError] = useState<unknown>(null)

  function handleClose() {
    setError(null)
    onClose()
  }

  async function handleRevoke({ id, name }: OwnedApiKey) {
    setIsPending(true)
    setError(null)
    try {
      await revoke(id)
      announce(`${name} is revoked`)
      handleClose()
    } catch (fault) {
      setError(fault)
    } finally {
      setIsPending(false)
    }
  }

  if (apiKey === null) return null
  const words = error === null ? null : webSessionText(error)
  return (
    <Dialog
      isOpen
      onOpenChange={handleClose}
      title={`Revoke “${apiKey.name}”?`}
      description={shortenedKey(apiKey)}
      focusAtEnd={(opener) => (opener?.isConnected ? null : focusAfter())}
      footer={
        <>
          <Button onClick={handleClose}>Keep it</Button>
          <Button tone="danger" isPending={isPending} onClick={() => void handleRevoke(apiKey)}>
            Revoke key
          </Button>
        </>
      }
    >
      <p>
        Whatever uses this key stops working at once, and the key cannot be brought back. Files
        stay.
      </p>
      {isCurrent && (
        <p className="mt-2 font-medium">This tab uses it too: you will have to connect again.</p>
      )}
      {words && (
        <Alert title={words.title} className="mt-3">
          {words.nextStep}
        </Alert>
      )}
    </Dialog>
  )
}
