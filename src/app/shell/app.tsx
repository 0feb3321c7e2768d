import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useEffect, useState } from 'react'
import { navigate, usePathname } from 'wouter/use-browser-location'
import { useAbilities } from '#app/actions/action-context.ts'
import { useActionKeys } from '#app/actions/action-keys.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Connection } from '#app/api/session/session.ts'
import type { KeyDraft } from '#app/features/api-keys/key-draft.ts'
import { useLeaveQuestion } from '#app/lib/browser/use-leave-question.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { BringIn } from '#app/shell/bring-in/bring-in.tsx'
import { ErrorBoundary, WaitingScreen } from '#app/shell/layout/waiting-screen.tsx'
import { Workspace } from '#app/shell/layout/workspace.tsx'
import type { AppStores } from '#app/shell/state/app-stores.ts'
import {
  apiKeysHref,
  filesHref,
  folderHref,
  importHref,
  readFolderHref,
  subscriptionsHref,
  trashHref,
} from '#app/shell/state/folder-href.ts'
import { type TransfersView, useTransfersView } from '#app/shell/state/use-transfers-view.ts'
import { Announcer } from '#app/ui/announcer.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { useTooltips } from '#app/ui/tooltip.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'

const ConnectPage = lazyPart(
  async () => (await import('#app/features/account/connect/connect-page.tsx')).ConnectPage,
)
const ApiKeysPage = lazyPart(
  async () => (await import('#app/features/api-keys/api-keys-page.tsx')).ApiKeysPage,
)
const SubscriptionsPage = lazyPart(
  async () =>
    (await import('#app/features/subscriptions/subscriptions-page.tsx')).SubscriptionsPage,
)
const BelowKeys = lazyPart(async () => (await import('./layout/below-keys.tsx')).BelowKeys)
const NotFoundPage = lazyPart(
  async () => (await import('#app/shell/layout/not-found-page.tsx')).NotFoundPage,
)

const ShortcutsDialog = lazyPart(
  async () => (await import('#app/actions/shortcuts-dialog.tsx')).ShortcutsDialog,
  { floats: true },
)

export type AppProps = { connection: Connection; parts: AppStores }

export function App(props: AppProps) {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={props.parts.queryClient}>
        <Screens {...props} />
        <Announcer />
      </QueryClientProvider>
    </ErrorBoundary>
  )
}

/** Whichever screen is shown, and what outlives it: the uploads that run, and what is brought in. */
function Screens({ connection, parts }: AppProps) {
  const pathname = usePathname()
  const session = useSnapshot(parts.session)
  const keyId = session?.me.key.id ?? null
  const shown = readFolderHref(pathname === '/' || pathname === importHref ? filesHref : pathname)
  const folder = useLastFolder(shown, keyId)
  const transfers = useTransfersView(parts.transfers, keyId)
  useLeaveQuestion(parts.transfers.hasUnfinished)
  usePersonActivity(session?.gate ?? null)
  useActionKeys()
  useTooltips()
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  useAbilities({
    scopes: session?.me.key.scopes ?? [],
    showShortcuts: () => setIsHelpOpen(true),
    ...(session ? { signOut: () => connection.disconnect() } : {}),
  })
  return (
    <>
      <Suspense fallback={<WaitingScreen />}>
        <Screen {...{ connection, parts, pathname, shown, folder, transfers }} />
      </Suspense>
      <BringIn {...{ parts, folder, transfers }} showsTransfers={shown !== null} />
      {isHelpOpen && (
        <Suspense fallback={null}>
          <ShortcutsDialog onClose={() => setIsHelpOpen(false)} />
        </Suspense>
      )}
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
  const snapshot = useSnapshot(connection)
  const session = useSnapshot(parts.session)
  const server = useSnapshot(serverDescription)
  const access = accessFromScopes(session?.me.key.scopes ?? [], server?.additions)
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
        below={
          session && (
            <Suspense fallback={null}>
              <BelowKeys client={session.client} keyId={session.me.key.id} access={access} />
            </Suspense>
          )
        }
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
  if (pathname === subscriptionsHref) {
    return (
      <SubscriptionsPage
        client={session.client}
        me={session.me}
        backHref={folderHref(folder)}
        folderHref={folderHref}
      />
    )
  }
  const isTrash = pathname === trashHref
  if (shown === null && !isTrash) return <NotFoundPage homeHref={filesHref} />
  return (
    <Workspace
      key={session.me.key.id}
      session={session}
      parts={parts}
      folder={folder}
      isTrash={isTrash}
      transfers={transfers}
      isOnline={snapshot.online}
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

/** Tells the gate when a person does something, so that it keeps slots free for what they do next. */
function usePersonActivity(gate: RateLimitGate | null): void {
  useEffect(() => {
    if (!gate) return
    const ending = new AbortController()
    const note = () => gate.notePersonActive()
    for (const kind of ['pointerdown', 'keydown', 'wheel'] as const) {
      const options = { signal: ending.signal, capture: true, passive: true }
      document.addEventListener(kind, note, options)
    }
    return () => ending.abort()
  }, [gate])
}
