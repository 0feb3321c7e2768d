/** Why the session before this one ended; null on a first visit. */
export type SessionEnd = 'expired' | 'revoked' | 'signed-out'

export type ConnectPageProps = {
  /** A key is being checked by `/me`. */
  isConnecting: boolean
  /** What the last attempt failed with: an ApiError, a ConnectionError, or null. */
  error: unknown
  sessionEnd: SessionEnd | null
  /** Where the `API keys` page is in this app. */
  apiKeysHref: string
  onConnect: (key: string) => void
}

export function ConnectPage({ onConnect }: ConnectPageProps) {
  return (
    <main>
      <h1>Connect</h1>
      <button type="button" onClick={() => onConnect('')}>
        Connect
      </button>
    </main>
  )
}
