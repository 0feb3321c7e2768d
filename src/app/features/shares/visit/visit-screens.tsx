import { Link2Off, LockKeyhole } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { passwordText, refusalText } from './visit-text.ts'

/** The head of a page that somebody came to by a link: what it is, and whose. */
export function VisitHead({ title, line }: { title: string; line: string }) {
  return (
    <header className="flex min-h-13 shrink-0 items-center gap-3 border-line border-b bg-sunken px-4 py-2">
      <img src="/icon.svg" alt="" width="22" height="22" />
      <div className="min-w-0">
        <p dir="auto" className="truncate font-semibold">
          {visibleName(title)}
        </p>
        <p className="truncate text-muted text-sm">{line}</p>
      </div>
    </header>
  )
}

/** Stands in place of the page where the link leads nowhere. */
export function VisitRefused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { title, nextStep, canRetry } = refusalText(error)
  return (
    <main className="flex h-full flex-col justify-center bg-canvas">
      <title>Shared link – Barkeep</title>
      <h1 className="sr-only">Shared link</h1>
      <div role="alert">
        <EmptyState
          icon={<Link2Off />}
          title={title}
          action={
            canRetry && (
              <Button tone="primary" onClick={onRetry}>
                Try again
              </Button>
            )
          }
        >
          {nextStep}
        </EmptyState>
      </div>
    </main>
  )
}

/** Stands in place of the page until the password of the link is known. */
export function PasswordQuestion({
  error,
  isPending,
  onUnlock,
}: {
  /** What the last try ended with; null before the first. */
  error: unknown
  isPending: boolean
  onUnlock: (password: string) => void
}) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [password, setPassword] = useState('')
  const [isEmpty, setIsEmpty] = useState(false)
  useEffect(() => field.current?.focus(), [])

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    setIsEmpty(password === '')
    field.current?.focus()
    if (password !== '' && !isPending) onUnlock(password)
  }

  return (
    <main className="flex h-full flex-col justify-center bg-canvas px-5 py-8">
      <title>Shared link – Barkeep</title>
      <form
        noValidate
        onSubmit={handleSubmit}
        className="mx-auto flex w-full max-w-sm flex-col gap-5"
      >
        <div>
          <LockKeyhole aria-hidden="true" className="mb-3 size-8 stroke-[1.5] text-faint" />
          <h1 className="font-semibold text-xl">This link asks for a password</h1>
          <p className="text-muted">Whoever sent it can tell you.</p>
        </div>
        <TextField
          ref={field}
          label="Password"
          type="password"
          value={password}
          onChange={(text) => {
            setPassword(text)
            setIsEmpty(false)
          }}
          error={isEmpty ? 'Type the password.' : passwordText(error)}
          autoComplete="off"
          maxLength={256}
        />
        <Button tone="primary" type="submit" isPending={isPending} className="h-9">
          Open
        </Button>
      </form>
    </main>
  )
}
