import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { navigate, usePathname } from 'wouter/use-browser-location'
import type { Connection } from '#app/api/connection.ts'
import type { KeyDraft } from '#app/features/api-keys/key-draft.ts'
import { useLeaveQuestion } from '#app/features/uploads/use-uploads.ts'
import { Announcer } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { TooltipLayer } from '#app/ui/tooltip.tsx'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { BringIn } from './bring-in.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { apiKeysHref, filesHref, folderHref, readFolderHref } from './folder-href.ts'
import type { SessionParts } from './session-parts.ts'
import { usePersonActivity } from './use-person-activity.ts'
import { useShortcuts } from './use-shortcuts.ts'
import { type TransfersView, useTransfersView } from './use-transfers-view.ts'
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
        <Screens {...props} />
        <TooltipLayer />
        <Announcer />
      </QueryClientProvider>
    </ErrorBoundary>
  )
}

/** Whichever screen is shown, and what outlives it: the uploads that run, and what is brought in. */
function Screens({ connection, parts }: AppProps) {
  const pathname = usePathname()
  const session = useSyncExternalStore(parts.subscribe, parts.getSession)
  const keyId = session?.me.key.id ?? null
  const shown = readFolderHref(pathname === '/' ? filesHref : pathname)
  const folder = useLastFolder(shown, keyId)
  const transfers = useTransfersView(parts, keyId)
  useLeaveQuestion(parts.uploads)
  usePersonActivity(session?.gate ?? null)
  useShortcuts()
  return (
    <>
      <Suspense fallback={<WaitingScreen />}>
        <Screen {...{ connection, parts, pathname, shown, folder, transfers }} />
      </Suspense>
      <BringIn {...{ parts, folder, transfers }} showsTransfers={shown !== null} />
    </>
  )
}

type ScreenProps = AppProps & {
  pathname: string
  /** The folder that the address names; null where it names none. */
  shown: FolderPath | null
  folder: FolderPath
  transfers: TransfersView
}

/** The URL is the place: `/files/Films/2026/` is a folder, `/api-keys` the keys. */
function Screen({ connection, parts, pathname, shown, folder, transfers }: ScreenProps) {
  const snapshot = useSyncExternalStore(connection.subscribe, connection.getSnapshot)
  const session = useSyncExternalStore(parts.subscribe, parts.getSession)
  const [keyDraft, setKeyDraft] = useState<KeyDraft | null>(null)
  const isAtFront = pathname === '/' && session !== null
  useEffect(() => {
    if (isAtFront) navigate(filesHref, { replace: true })
  }, [isAtFront])
  const isRestoring = useRestoring(snapshot.state === 'connecting')
  if (pathname === apiKeysHref) {
    return (
      <ApiKeysPage
        backHref={folderHref(folder)}
        currentKeyId={session?.me.key.id ?? null}
        draft={keyDraft}
        onDraftChange={setKeyDraft}
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
  if (shown === null) return <NotFoundPage homeHref={filesHref} />
  return (
    <Workspace
      key={session.me.key.id}
      session={session}
      parts={parts}
      folder={shown}
      transfers={transfers}
      isOnline={snapshot.online}
      onSignOut={() => connection.disconnect()}
    />
  )
}

/** The folder in sight, or that was in sight last; another key begins at the root. */
function useLastFolder(shown: FolderPath | null, keyId: string | null): FolderPath {
  const [last, setLast] = useState({ folder: shown ?? rootFolder, keyId })
  const isOther = last.keyId !== keyId
  const folder = shown ?? (isOther ? rootFolder : last.folder)
  if (isOther || folder !== last.folder) setLast({ folder, keyId })
  return folder
}

/** A reload with a key in this tab: the form to connect must not flash up while it is checked. */
function useRestoring(isConnecting: boolean): boolean {
  const [isRestoring, setIsRestoring] = useState(isConnecting)
  if (isRestoring && !isConnecting) setIsRestoring(false)
  return isRestoring && isConnecting
}
