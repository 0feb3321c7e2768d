import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { navigate, usePathname } from 'wouter/use-browser-location'
import type { Connection } from '#app/api/connection.ts'
import { Announcer } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { TooltipLayer } from '#app/ui/tooltip.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { apiKeysHref, filesHref, readFolderHref } from './folder-href.ts'
import type { SessionParts } from './session-parts.ts'
import { WaitingScreen } from './waiting-screen.tsx'
import { Workspace } from './workspace.tsx'

const ConnectPage = lazyPart(
  async () => (await import('#app/features/account/connect-page.tsx')).ConnectPage,
)
const ApiKeysPage = lazyPart(
  async () => (await import('#app/features/api-keys/api-keys-page.tsx')).ApiKeysPage,
)
const NotFoundPage = lazyPart(async () => (await import('./not-found-page.tsx')).NotFoundPage)

export type AppProps = { connection: Connection; parts: SessionParts }

export function App(props: AppProps) {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={props.parts.queryClient}>
        <Suspense fallback={<WaitingScreen />}>
          <Routes {...props} />
        </Suspense>
        <TooltipLayer />
        <Announcer />
      </QueryClientProvider>
    </ErrorBoundary>
  )
}

/** The URL is the place: `/files/Films/2026/` is a folder, `/api-keys` the keys. */
function Routes({ connection, parts }: AppProps) {
  const pathname = usePathname()
  const snapshot = useSyncExternalStore(connection.subscribe, connection.getSnapshot)
  const session = useSyncExternalStore(parts.subscribe, parts.getSession)
  const isAtFront = pathname === '/' && session !== null
  useEffect(() => {
    if (isAtFront) navigate(filesHref, { replace: true })
  }, [isAtFront])
  const isRestoring = useRestoring(snapshot.state === 'connecting')
  if (pathname === apiKeysHref) {
    return (
      <ApiKeysPage
        backHref={filesHref}
        currentKeyId={session?.me.key.id ?? null}
        onCurrentRevoked={() => connection.noteRevoked()}
        onUseKey={(secret) => {
          navigate(filesHref)
          void connection.connect(secret)
        }}
      />
    )
  }
  if (isRestoring) return <WaitingScreen />
  if (!session) {
    return (
      <ConnectPage
        isConnecting={snapshot.state === 'connecting'}
        error={snapshot.error}
        reason={snapshot.reason ?? 'fresh'}
        apiKeysHref={apiKeysHref}
        onConnect={(key) => void connection.connect(key)}
      />
    )
  }
  const folder = readFolderHref(pathname === '/' ? filesHref : pathname)
  if (folder === null) return <NotFoundPage homeHref={filesHref} />
  return (
    <Workspace
      key={session.me.key.id}
      session={session}
      parts={parts}
      folder={folder}
      isOnline={snapshot.online}
      onSignOut={() => connection.disconnect()}
    />
  )
}

/** A reload with a key in this tab: the form to connect must not flash up while it is checked. */
function useRestoring(isConnecting: boolean): boolean {
  const [isRestoring, setIsRestoring] = useState(isConnecting)
  if (isRestoring && !isConnecting) setIsRestoring(false)
  return isRestoring && isConnecting
}
