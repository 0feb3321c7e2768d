import { useState } from 'react'
import { shortenedKey } from '#app/api/http/api-key-text.ts'
import { webSessionText } from '#app/features/account/web-session/web-session-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import type { OwnedApiKey } from '#contract/api-keys.ts'

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
export function RevokeKeyDialog(props: RevokeKeyDialogProps) {
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
