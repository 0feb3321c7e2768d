import { useState } from 'react'
import type { ErrorText } from '#app/api/http/api-error.ts'
import { isKeyRefusal } from '#app/api/http/api-error.ts'
import { errorText } from '#app/api/http/error-text.ts'
import type { OutReason } from '#app/api/session/session.ts'
import { Alert } from '#app/ui/empty-state.tsx'
import { ConnectForm } from './connect-form.tsx'
import { KeySources, useServerDescription } from './key-sources.tsx'

export type ConnectPageProps = {
  /** A key is being checked by `/me`. */
  isConnecting: boolean
  /** What the last attempt, or the session before, ended with; null where there is nothing to tell. */
  error: unknown
  reason: OutReason
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onConnect: (key: string) => void
}

/** The way in: paste a key, or learn where to get one. */
export function ConnectPage({ apiKeysHref, onConnect, ...attempt }: ConnectPageProps) {
  const server = useServerDescription()
  // Until a key was tried here, an error is about the session that was here before.
  const [hasTried, setHasTried] = useState(false)
  return (
    <main className="scroll-area h-full bg-canvas px-5 pt-[max(2.5rem,12dvh)] pb-10">
      <div className="mx-auto flex max-w-[26rem] flex-col gap-6">
        <p className="flex items-center gap-2.5 font-semibold text-lg">
          <img src="/icon.svg" alt="" width="32" height="32" />
          Barkeep
        </p>
        <div>
          <h1 className="font-semibold text-xl">Connect</h1>
          <p className="text-muted">Paste an API key to open the files it belongs to.</p>
        </div>
        <Outcome {...attempt} hasTried={hasTried} />
        <ConnectForm
          isConnecting={attempt.isConnecting}
          hasFailed={hasTried && attempt.error !== null}
          onConnect={(key) => {
            setHasTried(true)
            onConnect(key)
          }}
        />
        <KeySources mode={server?.mode ?? null} apiKeysHref={apiKeysHref} />
      </div>
    </main>
  )
}

type OutcomeProps = Pick<ConnectPageProps, 'isConnecting' | 'error' | 'reason'> & {
  hasTried: boolean
}

function Outcome({ isConnecting, error, reason, hasTried }: OutcomeProps) {
  if (isConnecting) return null
  const end = hasTried ? null : sessionEndText(reason, error)
  const words = end ?? (error === null ? null : errorText(error))
  if (!words) return null
  return (
    <Alert tone={error === null ? 'notice' : 'danger'} title={words.title}>
      {words.nextStep}
    </Alert>
  )
}

const goesOn = 'Connect with another key of the same account, and what was waiting goes on.'

/**
 * What to say about the session that was here before; null where there was none, or where it ended
 * with something that has words of its own. `error` is what ended it.
 */
export function sessionEndText(reason: OutReason, error: unknown): ErrorText | null {
  if (reason === 'signed-out') {
    return {
      title: 'You are signed out',
      nextStep: 'The key is gone from this tab. Elsewhere it still works.',
    }
  }
  if (reason !== 'refused' || !isKeyRefusal(error)) return null
  if (error.code === 'expired_key') return { title: 'Your key has expired', nextStep: goesOn }
  return { title: 'Your key was revoked, or is unknown here', nextStep: goesOn }
}
