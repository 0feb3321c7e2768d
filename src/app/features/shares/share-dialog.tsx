import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { RadioGroup } from '#app/ui/choices.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { endpoints } from '#contract/endpoints.ts'
import type { CreatedShare } from '#contract/shares.ts'
import { CreatedLink } from './created-link.tsx'
import {
  emptyShareDraft,
  expiryDays,
  expiryLabels,
  readShareDraft,
  type ShareDraft,
  shareTitles,
  sizeGigabytes,
  sizeLabels,
} from './share-draft.ts'
import type { AskedShare } from './sharing.tsx'

/** The dialogs `Share` and `Ask for files`: what the link may, and then the link. */
export function ShareDialog({
  asked,
  client,
  sharesHref,
  onClose,
}: {
  asked: AskedShare
  client: ApiClient
  sharesHref: string
  onClose: () => void
}) {
  const formId = useId()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState(() => emptyShareDraft(asked.name))
  const [tries, setTries] = useState(0)
  const [error, setError] = useState<unknown>(null)
  const [isPending, setIsPending] = useState(false)
  const [made, setMade] = useState<CreatedShare | null>(null)
  const read = readShareDraft(asked, draft, Date.now())
  const faults = tries > 0 && !read.ok ? read.faults : {}

  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tries])

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    setTries(read.ok ? 0 : tries + 1)
    setError(null)
    if (!read.ok || isPending) return
    setIsPending(true)
    try {
      const request = { body: read.body, lane: 'person', purpose: 'account' } as const
      setMade(await client.call(endpoints.createShare, request))
    } catch (fault) {
      setError(fault)
    } finally {
      setIsPending(false)
    }
  }

  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title={shareTitles[asked.kind]}
      description={whatItDoes(asked)}
      footer={
        made ? (
          <Button tone="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button tone="primary" type="submit" form={formId} isPending={isPending}>
              Create link
            </Button>
          </>
        )
      }
    >
      {made ? (
        <CreatedLink made={made} sharesHref={sharesHref} />
      ) : (
        <form
          ref={form}
          id={formId}
          noValidate
          onSubmit={(event) => void handleSubmit(event)}
          className="flex flex-col gap-5"
        >
          {error !== null && (
            <Alert title={errorText(error).title}>{errorText(error).nextStep}</Alert>
          )}
          <ShareFields {...{ kind: asked.kind, draft, faults }} onChange={setDraft} />
        </form>
      )}
    </Dialog>
  )
}

function whatItDoes({ kind, name }: AskedShare): string {
  const what = visibleName(name)
  return kind === 'upload'
    ? `Whoever has the link can put files into “${what}”, and sees nothing of what is there.`
    : `Whoever has the link can look at “${what}” and download from it, and change nothing.`
}

function ShareFields({
  kind,
  draft,
  faults,
  onChange,
}: {
  kind: AskedShare['kind']
  draft: ShareDraft
  faults: { name?: string; password?: string }
  onChange: (draft: ShareDraft) => void
}) {
  const first = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  // The dialog leaves the focus where it is when it is inside already, instead of on its `Close`.
  useEffect(() => first.current?.focus(), [])
  return (
    <>
      <TextField
        ref={first}
        label="Title"
        description="What the page is called for those who open it."
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        error={faults.name}
        autoComplete="off"
        maxLength={100}
      />
      <RadioGroup
        label="Ends after"
        value={draft.days}
        onChange={(days) => onChange({ ...draft, days })}
        options={expiryDays.map((value) => ({ value, label: expiryLabels[value] }))}
      />
      {kind === 'upload' && (
        <RadioGroup
          label="Takes at most"
          value={draft.gigabytes}
          onChange={(gigabytes) => onChange({ ...draft, gigabytes })}
          options={sizeGigabytes.map((value) => ({ value, label: sizeLabels[value] }))}
        />
      )}
      <TextField
        label="Password (optional)"
        description="Tell it on another way than the link."
        value={draft.password}
        onChange={(password) => onChange({ ...draft, password })}
        error={faults.password}
        autoComplete="off"
        spellCheck={false}
        maxLength={256}
      />
    </>
  )
}
