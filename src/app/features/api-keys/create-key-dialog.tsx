import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { MadeApiKey, NewApiKey } from '#app/features/account/web-session/web-session.ts'
import { webSessionText } from '#app/features/account/web-session/web-session-text.ts'
import { Button } from '#app/ui/button.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { CreateKeyForm } from './create-key-form.tsx'
import { type KeyDraft, readDraft } from './key-draft.ts'

type CreateKeyDialogProps = {
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  draft: KeyDraft
  onDraftChange: (draft: KeyDraft) => void
  create: (key: NewApiKey) => Promise<MadeApiKey>
  onMade: (made: MadeApiKey) => void
  /** Where the focus goes when a key was made. */
  focusAfter: RefObject<HTMLElement | null>
}

/** The dialog `Create key`. The draft belongs to the page: closing the dialog loses nothing. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const { isOpen, onOpenChange, draft, onDraftChange, create, onMade } = props
  const formId = useId()
  const form = useRef<HTMLFormElement>(null)
  const hasMade = useRef(false)
  const [tries, setTries] = useState(0)
  const [error, setError] = useState<unknown>(null)
  const [isPending, setIsPending] = useState(false)
  const words = error === null ? null : webSessionText(error)

  const read = readDraft(draft, Date.now())
  // Told at the first try, and then as it is: a fault that was mended is not one any more.
  const faults = tries > 0 && !read.ok ? read.faults : {}

  useEffect(() => {
    if (tries === 0) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tries])

  function handleOpenChange(next: boolean) {
    setTries(0)
    setError(null)
    onOpenChange(next)
  }

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    setTries(read.ok ? 0 : tries + 1)
    setError(null)
    if (!read.ok || isPending) return
    setIsPending(true)
    try {
      onMade(await create(read.key))
      hasMade.current = true
    } catch (fault) {
      setError(fault)
    } finally {
      setIsPending(false)
    }
  }

  function chooseFocus() {
    const wasMade = hasMade.current
    hasMade.current = false
    return wasMade ? props.focusAfter.current : null
  }

  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={handleOpenChange}
      title="Create key"
      focusAtEnd={chooseFocus}
      footer={
        <>
          <Button onClick={() => handleOpenChange(false)}>Cancel</Button>
          <Button tone="primary" type="submit" form={formId} isPending={isPending}>
            Create key
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id={formId}
        method="post"
        noValidate
        onSubmit={(event) => void handleSubmit(event)}
        className="flex flex-col gap-5"
      >
        {words && <Alert title={words.title}>{words.nextStep}</Alert>}
        <CreateKeyForm draft={draft} faults={faults} onChange={onDraftChange} />
      </form>
    </Dialog>
  )
}
