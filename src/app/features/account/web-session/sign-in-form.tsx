import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTick } from '#app/lib/browser/use-now.ts'
import { Button } from '#app/ui/button.tsx'
import { Alert } from '#app/ui/empty-state.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { type Credentials, WebSessionError } from './web-session.ts'
import { webSessionText } from './web-session-text.ts'

type SignInFormProps = {
  /** There was a web session, and it ended by itself. */
  hasEnded: boolean
  /** Whose session that was, '' where there was none. */
  lastUsername: string
  onSignIn: (credentials: Credentials) => Promise<void>
}

/** Name and password of an account on the own server, for a web session. */
export function SignInForm({ hasEnded, lastUsername, onSignIn }: SignInFormProps) {
  const nameField = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const passwordField = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [username, setUsername] = useState(lastUsername)
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isPending, setIsPending] = useState(false)
  const words = error === null ? null : webSessionText(error)
  const waitSeconds = error instanceof WebSessionError ? error.retryAfter : null

  useEffect(() => {
    // With a finger, the keyboard on the screen would cover half of the page unasked.
    if (!window.matchMedia('(pointer: fine)').matches) return
    const next = lastUsername === '' ? nameField : passwordField
    next.current?.focus()
  }, [lastUsername])

  async function handleSubmit(event: FormEvent) {
    event.preventDefault()
    if (isPending) return
    setIsPending(true)
    setError(null)
    try {
      // Usernames are lower case; a phone's keyboard begins with a capital all the same.
      await onSignIn({ username: username.trim().toLowerCase(), password })
    } catch (fault) {
      setError(fault)
      setIsPending(false)
      passwordField.current?.focus()
      passwordField.current?.select()
    }
  }

  return (
    <form
      method="post"
      onSubmit={(event) => void handleSubmit(event)}
      className="flex flex-col gap-4"
    >
      <p className="text-muted">
        Sign in with your name and password to make, see and revoke your keys.
      </p>
      {hasEnded && words === null && (
        <Alert tone="notice" title="You were signed out">
          Your web session has ended. Sign in again: what you typed is still there.
        </Alert>
      )}
      {words && (
        <Alert title={words.title}>
          {waitSeconds === null ? words.nextStep : <WaitText seconds={waitSeconds} />}
        </Alert>
      )}
      <TextField
        ref={nameField}
        label="Name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        value={username}
        onChange={setUsername}
        placeholder="owner"
      />
      <TextField
        ref={passwordField}
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
        description="The owner’s was printed when the server first started."
      />
      <Button tone="primary" type="submit" isPending={isPending} className="h-9">
        Sign in
      </Button>
    </form>
  )
}

/** How long to wait before the next try: counted down for eyes, read out once, and again when it is over. */
function WaitText({ seconds }: { seconds: number }) {
  const [until] = useState(() => Date.now() + seconds * 1000)
  const left = Math.ceil((until - Date.now()) / 1000)
  useTick(left > 0 ? 1000 : null)
  if (left <= 0) return 'You can try again now.'
  return (
    <>
      <span className="sr-only">{waitFor(seconds)}</span>
      <span aria-hidden="true">{waitFor(left)}</span>
    </>
  )
}

function waitFor(seconds: number): string {
  return `Wait ${seconds} s, then try again.`
}
